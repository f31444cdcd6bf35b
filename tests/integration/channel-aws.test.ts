import type { AddressInfo } from 'node:net';
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
import kinesalite from 'kinesalite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../program.ts';
import { channelOf, deliver, failureOf, raisedAlert } from './channel-fixture.ts';

const REGION = 'eu-central-1';
const credentials = { accessKeyId: 'planted', secretAccessKey: 'planted' };

beforeAll(() => {
  // The SDK's own chain finds them first here.
  process.env.AWS_ACCESS_KEY_ID = credentials.accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = credentials.secretAccessKey;
});
afterAll(() => {
  delete process.env.AWS_ACCESS_KEY_ID;
  delete process.env.AWS_SECRET_ACCESS_KEY;
});

describe('AWS SNS', () => {
  let app: ReturnType<typeof buildApp>;
  let endpoint: string;

  beforeAll(async () => {
    app = buildApp({ logger: false });
    endpoint = await app.listen({ port: 0, host: '127.0.0.1' });
  });
  afterAll(() => app.close());

  /** A topic and a queue that is subscribed to it, perhaps with a filter. */
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
      // A FIFO queue gives the next of a group when the one before is done.
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

  it('is refused for a topic that is not there', async () => {
    const channel = channelOf('sns', { topicArn: `arn:aws:sns:${REGION}:000000000000:none`, endpoint });
    expect(await failureOf(deliver(channel, raisedAlert(1)))).toMatchObject({ kind: 'refused' });
    await channel.close?.();
  });

  it('is unreachable where nobody listens', async () => {
    const topicArn = `arn:aws:sns:${REGION}:000000000000:prices`;
    const channel = channelOf('sns', { topicArn, endpoint: 'http://127.0.0.1:9' });
    expect(await failureOf(deliver(channel, raisedAlert(1)))).toMatchObject({ kind: 'unreachable' });
    await channel.close?.();
  });
});

describe('AWS Kinesis', () => {
  it('gets each alert under its coin, in order', async () => {
    const server = kinesalite({ createStreamMs: 0 });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = new KinesisClient({
      region: REGION,
      endpoint,
      credentials,
      requestHandler: new NodeHttpHandler(),
    });
    const StreamName = 'prices';
    await client.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
    const described = () => client.send(new DescribeStreamCommand({ StreamName }));
    await until(async () => (await described()).StreamDescription?.StreamStatus === 'ACTIVE');
    const streamArn = (await described()).StreamDescription?.StreamARN ?? '';

    const channel = channelOf('kinesis', { streamArn, endpoint, http1: true });
    await deliver(channel, raisedAlert(1), raisedAlert(2, 'zcash'), raisedAlert(3));
    await channel.close?.();

    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({
        StreamName,
        ShardId: 'shardId-000000000000',
        ShardIteratorType: 'TRIM_HORIZON',
      }),
    );
    const { Records = [] } = await client.send(new GetRecordsCommand({ ShardIterator }));
    expect(
      Records.map(({ PartitionKey, Data }) => [
        PartitionKey,
        (JSON.parse(Buffer.from(Data ?? []).toString()) as { readonly id: string }).id,
      ]),
    ).toEqual([
      ['bitcoin', 'alert-1'],
      ['zcash', 'alert-2'],
      ['bitcoin', 'alert-3'],
    ]);
    client.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
});
