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
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { Admin, Consumer, stringDeserializers } from '@platformatic/kafka';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { connect } from 'amqplib';
import { startKafka } from '../counterparts/kafka.ts';
import { type OwnServiceName, startOwnService } from '../counterparts/own-service.ts';
import { startRabbitmq } from '../counterparts/rabbitmq.ts';
import { until } from '../program.ts';

/** The counterpart of a channel. It can be killed, and records the alerts that it receives. */
export type Peer = {
  /** The id of the channel that delivers to it. */
  readonly channel: string;
  readonly kind: string;
  readonly options: object;
  /** Variables of the channel's secrets. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether it keeps the order of messages. */
  readonly isOrdered: boolean;
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** The ids of all received alerts, including repeats, in its order. Called once, at the end. */
  received(): Promise<readonly string[]>;
  close(): Promise<void>;
};

const REGION = 'eu-central-1';
const AWS_ENV = { AWS_ACCESS_KEY_ID: 'planted', AWS_SECRET_ACCESS_KEY: 'planted' };
const credentials = { accessKeyId: 'planted', secretAccessKey: 'planted' };
const idOf = (text: string): string => (JSON.parse(text) as { readonly id: string }).id;

/** Starts a service that records what it acknowledges. */
async function notingPeer(
  service: OwnServiceName,
  channelOf: (port: number) => Pick<Peer, 'kind' | 'options' | 'env'>,
): Promise<Peer> {
  const { port, kill, restart, noted, close } = await startOwnService(service);
  return {
    channel: service,
    ...channelOf(port),
    isOrdered: true,
    kill,
    restart,
    received: async () => noted(),
    close,
  };
}

export const webhookPeer = (): Promise<Peer> =>
  notingPeer('webhook', (port) => ({
    kind: 'webhook',
    options: {},
    env: { CHANNEL_WEBHOOK_URL: `http://127.0.0.1:${port}/` },
  }));

export const mailPeer = (): Promise<Peer> =>
  notingPeer('smtp', (port) => ({
    kind: 'email',
    options: { host: '127.0.0.1', port, security: 'none', from: 'a@example.com', to: ['b@example.com'] },
    env: {},
  }));

export const mqttPeer = (): Promise<Peer> =>
  notingPeer('mqtt', (port) => ({ kind: 'mqtt', options: { url: `mqtt://127.0.0.1:${port}` }, env: {} }));

export async function kafkaPeer(): Promise<Peer> {
  const cluster = await startKafka({ brokers: 1 });
  const client = { clientId: 'test', bootstrapBrokers: [...cluster.brokers] };
  const topic = 'cpm.alerts';
  const admin = new Admin(client);
  await admin.createTopics({ topics: [topic], partitions: 3, replicas: 1 });
  await admin.close();
  return {
    channel: 'kafka',
    kind: 'kafka',
    options: { brokers: cluster.brokers, tls: false },
    env: {},
    isOrdered: true,
    kill: () => cluster.kill(0),
    restart: () => cluster.restart(0),
    async received() {
      const consumer = new Consumer({ ...client, groupId: 'storm', deserializers: stringDeserializers });
      const ends = (await consumer.listOffsets({ topics: [topic] })).get(topic) ?? [];
      const count = Number(ends.reduce((sum, end) => sum + end, 0n));
      const ids: string[] = [];
      const stream = await consumer.consume({ topics: [topic], mode: 'earliest', autocommit: false });
      for await (const { value } of stream) if (ids.push(idOf(value)) >= count) break;
      await consumer.close(true);
      return ids;
    },
    close: cluster.close,
  };
}

export async function rabbitmqPeer(): Promise<Peer> {
  const server = await startRabbitmq();
  const exchange = 'crypto-price-monitor';
  const queue = 'alerts';
  const withChannel = async <T>(
    work: (channel: Awaited<ReturnType<Awaited<ReturnType<typeof connect>>['createChannel']>>) => Promise<T>,
  ): Promise<T> => {
    const connection = await connect(server.url);
    const channel = await connection.createChannel();
    const result = await work(channel);
    await channel.close();
    await connection.close();
    return result;
  };
  await withChannel(async (channel) => {
    await channel.assertExchange(exchange, 'topic', { durable: true });
    await channel.assertQueue(queue, { durable: true });
    await channel.bindQueue(queue, exchange, 'alert.#');
  });
  return {
    channel: 'rabbitmq',
    kind: 'rabbitmq',
    options: { exchange },
    env: { CHANNEL_RABBITMQ_URL: server.url },
    isOrdered: true,
    kill: server.kill,
    restart: server.restart,
    received: () =>
      withChannel(async (channel) => {
        const ids: string[] = [];
        for (let next = await channel.get(queue); next !== false; next = await channel.get(queue)) {
          ids.push(idOf(next.content.toString()));
        }
        return ids;
      }),
    close: server.close,
  };
}

/** Starts an SNS topic with an SQS queue that is subscribed to it. */
export async function snsPeer(): Promise<Peer> {
  const service = await startOwnService('sns');
  const endpoint = `http://127.0.0.1:${service.port}`;
  const sns = new SNSClient({ region: REGION, endpoint, credentials });
  const sqs = new SQSClient({ region: REGION, endpoint, credentials });
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'prices' }));
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'prices' }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  await sns.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: Attributes?.QueueArn,
      Attributes: { RawMessageDelivery: 'true' },
    }),
  );
  return {
    channel: 'sns',
    kind: 'sns',
    options: { topicArn: TopicArn, endpoint },
    env: AWS_ENV,
    isOrdered: false,
    kill: service.kill,
    restart: service.restart,
    async received() {
      const ids: string[] = [];
      for (;;) {
        const command = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 });
        const { Messages = [] } = await sqs.send(command);
        if (Messages.length === 0) return ids;
        ids.push(...Messages.map(({ Body = '' }) => idOf(Body)));
        const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
        await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
      }
    },
    close: service.close,
  };
}

export async function kinesisPeer(): Promise<Peer> {
  const service = await startOwnService('kinesis');
  const endpoint = `http://127.0.0.1:${service.port}`;
  const requestHandler = new NodeHttpHandler();
  const client = new KinesisClient({ region: REGION, endpoint, credentials, requestHandler });
  const StreamName = 'prices';
  await client.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
  const described = () => client.send(new DescribeStreamCommand({ StreamName }));
  await until(async () => (await described()).StreamDescription?.StreamStatus === 'ACTIVE');
  const streamArn = (await described()).StreamDescription?.StreamARN ?? '';
  return {
    channel: 'kinesis',
    kind: 'kinesis',
    options: { streamArn, endpoint, http1: true },
    env: AWS_ENV,
    isOrdered: true,
    kill: service.kill,
    restart: service.restart,
    async received() {
      const ids: string[] = [];
      let { ShardIterator } = await client.send(
        new GetShardIteratorCommand({
          StreamName,
          ShardId: 'shardId-000000000000',
          ShardIteratorType: 'TRIM_HORIZON',
        }),
      );
      for (;;) {
        const { Records = [], NextShardIterator } = await client.send(
          new GetRecordsCommand({ ShardIterator, Limit: 1_000 }),
        );
        if (Records.length === 0) return ids;
        ids.push(...Records.map(({ Data }) => idOf(Buffer.from(Data ?? []).toString())));
        ShardIterator = NextShardIterator;
      }
    },
    close: service.close,
  };
}
