import { closeSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { type KafkaClients, openKafkaClients } from '../../electron/monitor/log/kafka/kafka-clients.ts';
import { openKafkaLog } from '../../electron/monitor/log/kafka/kafka-log.ts';
import { ensureTopic } from '../../electron/monitor/log/kafka/topics.ts';
import { NOW } from '../../electron/monitor/log/log-fixture.ts';
import { describeTickLog } from '../../electron/monitor/log/tick-log-contract.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import { type KafkaCluster, kafkaIsMissing, startKafka } from '../counterparts/kafka.ts';

describe.skipIf(kafkaIsMissing !== null)(`the log in Kafka (${kafkaIsMissing ?? 'installed'})`, () => {
  let cluster: KafkaCluster;
  let topics = 0;
  beforeAll(async () => {
    cluster = await startKafka({ brokers: 1 });
  });
  afterAll(() => cluster?.close());

  describeTickLog('a partition of a topic', async () => {
    const name = `log-${topics++}`;
    const plan = { partitions: 1, replicas: 1, retentionMs: null };
    const opened: KafkaClients[] = [];
    const connect = (): KafkaClients => {
      const clients = openKafkaClients({ clientId: 'test', brokers: cluster.brokers });
      opened.push(clients);
      return clients;
    };
    const first = connect();
    await ensureTopic(first, `${name}.ticks`, plan, systemClock);
    await ensureTopic(first, `${name}.dead-letters`, plan, systemClock);
    return {
      open: async () =>
        openKafkaLog({
          clients: connect(),
          at: { topic: `${name}.ticks`, partition: 0 },
          deadLetterTopic: `${name}.dead-letters`,
          groupPrefix: name,
          now: () => NOW,
          onDamaged: () => undefined,
        }),
      // The process loses its state with its connections; acknowledged records remain in the brokers.
      crash: async () => void (await opened.pop()?.close()),
      damage: async (offset) => damageRecord(join(cluster.dataOf(0), `${name}.ticks-0`), offset),
      async remove() {
        await Promise.all(opened.splice(1).map((clients) => clients.close()));
        await first.admin.deleteTopics({ topics: [`${name}.ticks`, `${name}.dead-letters`] });
        await first.close();
      },
    };
  });
});

/** In a segment, a batch begins with its first offset (8 bytes) and its length without these two fields (4 bytes). */
const HEAD_BYTES = 12;

/** Flips the last byte of the batch that begins with the offset, like a broken disk. The broker does not check it. */
function damageRecord(folder: string, offset: number): void {
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.log'))) {
    const path = join(folder, name);
    const segment = readFileSync(path);
    for (let start = 0; start + HEAD_BYTES <= segment.length; ) {
      const end = start + HEAD_BYTES + segment.readInt32BE(start + 8);
      if (Number(segment.readBigInt64BE(start)) === offset) {
        const file = openSync(path, 'r+');
        writeSync(file, Uint8Array.of((segment[end - 1] ?? 0) ^ 0xff), 0, 1, end - 1);
        closeSync(file);
        return;
      }
      start = end;
    }
  }
  throw new Error(`There is no batch at offset ${offset}.`);
}
