import {
  CreateStreamCommand,
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
} from '@aws-sdk/client-kinesis';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { buildApp } from 'fauxqs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createChannelDelivery } from '../../electron/monitor/delivery/channel-delivery.ts';
import { memoryOutbox } from '../../electron/monitor/delivery/outbox-fixture.ts';
import { silentLog } from '../../electron/monitor/logging/logger.ts';
import { scaledClock } from '../../electron/monitor/time/clock.ts';
import { text } from '../../shared/messages/message.ts';
import { documentedOptions } from '../documented-channels.ts';
import { until } from '../program.ts';
import { channelOf, deliver, failureOf, raisedAlert } from './channel-fixture.ts';
import { startKinesis } from './own-kinesis.ts';
import { startThrottle } from './throttled-kinesis.ts';

const REGION = 'eu-central-1';
const credentials = { accessKeyId: 'planted', secretAccessKey: 'planted' };

beforeAll(() => {
  // The environment is the first place in which the SDK looks for credentials.
  vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey);
});
afterAll(() => void vi.unstubAllEnvs());

describe('AWS SNS', () => {
  let app: ReturnType<typeof buildApp>;
  let endpoint: string;

  beforeAll(async () => {
    app = buildApp({ logger: false });
    endpoint = await app.listen({ port: 0, host: '127.0.0.1' });
  });
  afterAll(() => app.close());

  /** Creates a topic and a queue that is subscribed to it, optionally with a filter. */
  async function subscribed(name: string, isFifo: boolean, filter?: object) {
    const [sns, sqs] = [
      new SNSClient({ region: REGION, endpoint, credentials }),
      new SQSClient({ region: REGION, endpoint, credentials }),
    ];
    const suffix = isFifo ? '.fifo' : '';
    const fifo = isFifo ? { FifoTopic: 'true' } : undefined;
    const { TopicArn = '' } = await sns.send(
      new CreateTopicCommand({ Name: name + suffix, ...(fifo && { Attributes: fifo }) }),
    );
    const { QueueUrl = '' } = await sqs.send(
      new CreateQueueCommand({
        QueueName: name + suffix,
        ...(isFifo && { Attributes: { FifoQueue: 'true' } }),
      }),
    );
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    await sns.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: 'sqs',
        Endpoint: Attributes?.QueueArn,
        Attributes: {
          RawMessageDelivery: 'true',
          ...(filter && { FilterPolicy: JSON.stringify(filter) }),
        },
      }),
    );
    const receive = async (): Promise<readonly string[]> => {
      const command = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 });
      const { Messages = [] } = await sqs.send(command);
      // A FIFO queue returns the next message of a group only when the previous one is deleted.
      for (const { ReceiptHandle } of Messages)
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      return Messages.map(({ Body = '' }) => (JSON.parse(Body) as { readonly id: string }).id);
    };
    return { topicArn: TopicArn, receive };
  }

  it('publishes each alert with attributes that subscriptions filter by', async () => {
    const { topicArn, receive } = await subscribed('prices', false, { coin: ['zcash'] });
    const channel = channelOf('sns', { topicArn, endpoint });
    await deliver(channel, raisedAlert(1), raisedAlert(2, 'zcash'));
    await channel.close?.();
    const got: string[] = [];
    await until(async () => got.push(...(await receive())) > 0);
    expect(got).toEqual(['alert-2']);
  });

  it('deduplicates by the alert’s id in a FIFO topic, and keeps the order of a coin', async () => {
    const { topicArn, receive } = await subscribed('ordered', true);
    const channel = channelOf('sns', { topicArn, endpoint });
    for (const number of [1, 2, 2, 3]) await deliver(channel, raisedAlert(number));
    await channel.close?.();
    const got: string[] = [];
    await until(async () => {
      got.push(...(await receive()));
      return got.length >= 3;
    });
    expect(got).toEqual(['alert-1', 'alert-2', 'alert-3']);
  });

  it('receives alerts with the documented example, but in another account', async () => {
    const options = documentedOptions('sns');
    const { topicArn, receive } = await subscribed('alerts', true);
    expect(topicArn.replace(':000000000000:', ':123456789012:')).toBe(options.topicArn);
    const channel = channelOf('sns', { ...options, topicArn, endpoint });
    await deliver(channel, raisedAlert(1));
    await channel.close?.();
    const got: string[] = [];
    await until(async () => got.push(...(await receive())) > 0);
    expect(got).toEqual(['alert-1']);
  });

  it('is refused for a missing topic', async () => {
    const channel = channelOf('sns', { topicArn: `arn:aws:sns:${REGION}:000000000000:none`, endpoint });
    expect(await failureOf(deliver(channel, raisedAlert(1)))).toMatchObject({ kind: 'refused' });
    await channel.close?.();
  });

  it('is unreachable if nothing listens', async () => {
    const topicArn = `arn:aws:sns:${REGION}:000000000000:prices`;
    const channel = channelOf('sns', { topicArn, endpoint: 'http://127.0.0.1:9' });
    expect(await failureOf(deliver(channel, raisedAlert(1)))).toMatchObject({ kind: 'unreachable' });
    await channel.close?.();
  });
});

describe('AWS Kinesis', () => {
  let server: Awaited<ReturnType<typeof startKinesis>>;
  let endpoint: string;
  let client: KinesisClient;

  beforeAll(async () => {
    server = await startKinesis();
    endpoint = server.endpoint;
    client = new KinesisClient({
      region: REGION,
      endpoint,
      credentials,
      requestHandler: new NodeHttpHandler(),
    });
  });
  afterAll(async () => {
    client.destroy();
    await server.close();
  });

  /** Creates a stream. Returns its ARN, and a function that reads its records as pairs of partition key and alert id. */
  async function createStream(StreamName: string) {
    await client.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
    const described = () => client.send(new DescribeStreamCommand({ StreamName }));
    await until(async () => (await described()).StreamDescription?.StreamStatus === 'ACTIVE');
    const streamArn = (await described()).StreamDescription?.StreamARN ?? '';
    const read = async (): Promise<readonly (readonly [string, string])[]> => {
      const { ShardIterator } = await client.send(
        new GetShardIteratorCommand({
          StreamName,
          ShardId: 'shardId-000000000000',
          ShardIteratorType: 'TRIM_HORIZON',
        }),
      );
      const { Records = [] } = await client.send(new GetRecordsCommand({ ShardIterator }));
      return Records.map(({ PartitionKey = '', Data }) => {
        const { id } = JSON.parse(Buffer.from(Data ?? []).toString()) as { readonly id: string };
        return [PartitionKey, id];
      });
    };
    return { streamArn, read };
  }

  it('receives each alert under its coin, in order', async () => {
    const { streamArn, read } = await createStream('prices');
    const channel = channelOf('kinesis', { streamArn, endpoint, http1: true });
    await deliver(channel, raisedAlert(1), raisedAlert(2, 'zcash'), raisedAlert(3));
    await channel.close?.();
    const got = await read();
    expect(got.filter(([key]) => key === 'bitcoin').map(([, id]) => id)).toEqual(['alert-1', 'alert-3']);
    expect(got.filter(([key]) => key === 'zcash').map(([, id]) => id)).toEqual(['alert-2']);
  });

  it('receives alerts with the documented example, but at another address', async () => {
    const options = documentedOptions('kinesis');
    const { streamArn, read } = await createStream(String(options.streamArn).split('/').at(-1) ?? '');
    const channel = channelOf('kinesis', { ...options, streamArn, endpoint, http1: true });
    await deliver(channel, raisedAlert(1));
    await channel.close?.();
    expect(await read()).toEqual([['bitcoin', 'alert-1']]);
  });

  it.each([1, 2, 3])(
    'receives each alert once, in the order of its coin, even if shards reject a part of each request (seed %i)',
    async (seed) => {
      const { streamArn, read } = await createStream(`throttled-${seed}`);
      const throttle = await startThrottle(endpoint, { seed, share: 0.4 });
      const channel = channelOf('kinesis', { streamArn, endpoint: throttle.endpoint, http1: true });
      const clock = scaledClock(1_000, Date.now());
      const failures = new Set<string>();
      const delivery = createChannelDelivery({
        channel,
        outbox: memoryOutbox(),
        clock,
        random: () => 0.5,
        log: silentLog,
        onChange() {
          const { failure } = delivery.state();
          if (failure !== null) failures.add(`${failure.kind}: ${text(failure.message)}`);
        },
      });
      const coins = ['bitcoin', 'ethereum', 'zcash'];
      const alerts = Array.from({ length: 60 }, (_, number) => raisedAlert(number, coins[number % 3]));
      delivery.add(alerts.map((alert) => ({ alert, takenAt: clock.now() })));
      await until(() => delivery.state().waiting === 0);
      await delivery.stop();
      await throttle.close();

      const got = await read();
      for (const coin of coins) {
        expect(got.filter(([key]) => key === coin).map(([, id]) => id)).toEqual(
          alerts.filter(({ coinId }) => coinId === coin).map(({ id }) => id),
        );
      }
      expect(got).toHaveLength(alerts.length);
      expect(throttle.refused()).toBeGreaterThan(10);
      expect([...failures]).toEqual([
        'rate-limited: AWS Kinesis: Rate exceeded for shard shardId-000000000000 in stream prices.',
      ]);
    },
  );

  it('is refused for a missing stream', async () => {
    const streamArn = `arn:aws:kinesis:${REGION}:000000000000:stream/none`;
    const channel = channelOf('kinesis', { streamArn, endpoint, http1: true });
    expect(await failureOf(deliver(channel, raisedAlert(1)))).toMatchObject({ kind: 'refused' });
    await channel.close?.();
  });
});
