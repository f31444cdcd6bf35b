import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  CreateStreamCommand,
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
} from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openAlertTables } from '../../electron/monitor/delivery/alert-tables.ts';
import { openLocalLog } from '../../electron/monitor/log/local-log.ts';
import { silentLog } from '../../electron/monitor/logging/logger.ts';
import { openKinesisStream } from '../../electron/monitor/tick-stream/kinesis-stream.ts';
import { openTickStream } from '../../electron/monitor/tick-stream/open-tick-stream.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import type { Problem } from '../../shared/domain/problem.ts';
import type { Tick } from '../../shared/domain/tick.ts';
import { until, withFolder } from '../program.ts';
import { textOf } from '../text-of.ts';
import { startKinesis } from './own-kinesis.ts';
import { tick } from './storage-fixture.ts';
import { startThrottle } from './throttled-kinesis.ts';

const REGION = 'eu-central-1';
const COINS = Array.from({ length: 12 }, (_, number) => `coin-${number}`);
const SHARDS = 2;

let server: Awaited<ReturnType<typeof startKinesis>>;
let endpoint: string;
let client: KinesisClient;

beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'planted');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'planted');
  server = await startKinesis();
  endpoint = server.endpoint;
  client = new KinesisClient({ region: REGION, endpoint, requestHandler: new NodeHttpHandler() });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  client.destroy();
  await server.close();
});

async function createStream(StreamName: string): Promise<string> {
  await client.send(new CreateStreamCommand({ StreamName, ShardCount: SHARDS }));
  const described = () => client.send(new DescribeStreamCommand({ StreamName }));
  await until(async () => (await described()).StreamDescription?.StreamStatus === 'ACTIVE');
  return (await described()).StreamDescription?.StreamARN ?? '';
}

/** The ticks in a stream by partition key, in order. */
async function ticksIn(StreamName: string): Promise<ReadonlyMap<string, readonly Tick[]>> {
  const found = new Map<string, Tick[]>();
  for (let shard = 0; shard < SHARDS; shard += 1) {
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({
        StreamName,
        ShardId: `shardId-00000000000${shard}`,
        ShardIteratorType: 'TRIM_HORIZON',
      }),
    );
    const { Records = [] } = await client.send(new GetRecordsCommand({ ShardIterator }));
    for (const { PartitionKey = '', Data } of Records) {
      const { v, coinId, ticks } = JSON.parse(Buffer.from(Data ?? []).toString());
      expect({ v, coinId }).toEqual({ v: 1, coinId: PartitionKey });
      found.set(PartitionKey, [...(found.get(PartitionKey) ?? []), ...ticks]);
    }
  }
  return found;
}

/** Opens a log whose ticks are put into a stream, composed as in the program. */
function openStreaming(folder: string, streamArn: string | undefined) {
  const tickLog = openLocalLog({
    path: join(folder, 'journal.sqlite'),
    clock: systemClock,
    log: silentLog,
    openAlerts: (file, onDamage) => openAlertTables(file, { clock: systemClock, log: silentLog, onDamage }),
    report: () => undefined,
  });
  let problem: Problem | null = null;
  const stream = openTickStream({
    env: { KINESIS_TICKS_STREAM_ARN: streamArn, KINESIS_HTTP1: 'true' },
    tickLog,
    clock: systemClock,
    log: silentLog,
    random: () => 0,
    report: (reported) => {
      problem = reported;
    },
  });
  stream?.start();
  return {
    tickLog,
    problem: () => problem,
    async close() {
      await stream?.stop();
      await tickLog.close();
    },
  };
}

const batch = (from: number, count: number): readonly Tick[] =>
  Array.from({ length: count }, (_, index) =>
    tick({ coinId: COINS[index % COINS.length] ?? '', observedAt: from + index, price: from + index + 1 }),
  );
const byCoin = (ticks: readonly Tick[]) => Map.groupBy(ticks, ({ coinId }) => coinId);
const countOf = (found: ReadonlyMap<string, readonly Tick[]>): number =>
  [...found.values()].reduce((sum, ticks) => sum + ticks.length, 0);

it('puts each tick once and in the order of its coin, even if shards accept only a part of each request', () =>
  withFolder(async (folder) => {
    const arn = await createStream('throttled');
    const throttle = await startThrottle(endpoint, { seed: 1, share: 0.5 });
    vi.stubEnv('AWS_ENDPOINT_URL_KINESIS', throttle.endpoint);
    const streaming = openStreaming(folder, arn);
    const all: Tick[] = [];
    for (let number = 0; number < 20; number += 1) {
      const ticks = batch(number * 100, 30);
      all.push(...ticks);
      await streaming.tickLog.append({ ticks, alerts: [] });
    }
    await until(async () => countOf(await ticksIn('throttled')) >= all.length);
    await until(() => streaming.problem() === null);
    await streaming.close();
    await throttle.close();
    expect(throttle.refused()).toBeGreaterThan(3);
    expect(await ticksIn('throttled')).toEqual(byCoin(all));
  }));

it('waits while the stream is unavailable, continues after a restart, and frees the log when it is no longer configured', () =>
  withFolder(async (folder) => {
    const arn = await createStream('restarted');
    vi.stubEnv('AWS_ENDPOINT_URL_KINESIS', 'http://127.0.0.1:9');
    let streaming = openStreaming(folder, arn);
    const all = batch(0, 20);
    await streaming.tickLog.append({ ticks: all, alerts: [] });
    const problem = await until(streaming.problem);
    expect(textOf(problem.message)).toMatch(
      /not being put into the Kinesis stream restarted: .*ECONNREFUSED/,
    );
    await streaming.close();

    vi.stubEnv('AWS_ENDPOINT_URL_KINESIS', endpoint);
    streaming = openStreaming(folder, arn);
    await until(async () => countOf(await ticksIn('restarted')) >= all.length);
    await streaming.close();
    expect(await ticksIn('restarted')).toEqual(byCoin(all));

    streaming = openStreaming(folder, undefined);
    expect(streaming.tickLog.consumers()).not.toContain('kinesis-ticks');
    await streaming.close();
  }));

it.each(['stream', 'arn:aws:kinesis:eu-central-1:1:table/x'])('refuses %s in place of an ARN', (arn) =>
  withFolder(async (folder) => {
    expect(() => openStreaming(folder, arn)).toThrow(/KINESIS_TICKS_STREAM_ARN cannot be/);
  }),
);

it('gives up a request that gets no response', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  vi.stubEnv('AWS_ENDPOINT_URL_KINESIS', `http://127.0.0.1:${(silent.address() as AddressInfo).port}`);
  const settings = { region: REGION, streamName: 'prices', http1: true };
  const stream = openKinesisStream(settings, { sleep: async () => undefined });
  try {
    const put = stream.put([{ coinId: 'bitcoin', data: Buffer.from('{}') }], new AbortController().signal);
    await expect(put).rejects.toThrow('no response for 20 seconds');
  } finally {
    stream.close();
    silent.closeAllConnections();
    silent.close();
  }
});
