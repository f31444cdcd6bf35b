import { Admin, Consumer, stringDeserializers } from '@platformatic/kafka';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KafkaCluster, kafkaIsMissing, startKafka } from '../counterparts/kafka.ts';
import { channelOf, deliver, failureOf, raisedAlert } from './channel-fixture.ts';

describe.skipIf(kafkaIsMissing !== null)(`Kafka (${kafkaIsMissing ?? 'installed'})`, () => {
  let cluster: KafkaCluster;

  beforeAll(async () => {
    cluster = await startKafka({ brokers: 1 });
    const admin = new Admin({ clientId: 'test', bootstrapBrokers: [...cluster.brokers] });
    await admin.createTopics({ topics: ['cpm.alerts'], partitions: 3, replicas: 1 });
    await admin.close();
  }, 180_000);
  afterAll(() => cluster?.close());

  /** Reads so many messages from the beginning. */
  async function read(count: number) {
    const consumer = new Consumer({
      clientId: 'test',
      groupId: `test-${Math.random()}`,
      bootstrapBrokers: [...cluster.brokers],
      deserializers: stringDeserializers,
    });
    const stream = await consumer.consume({ topics: ['cpm.alerts'], mode: 'earliest', autocommit: false });
    const got: { readonly id: string; readonly key: string; readonly partition: number }[] = [];
    for await (const { key, value, partition } of stream) {
      got.push({ id: (JSON.parse(value) as { readonly id: string }).id, key, partition });
      if (got.length >= count) break;
    }
    await consumer.close(true);
    return got;
  }

  it('gets each alert keyed by coin, also after the broker was killed', async () => {
    const channel = channelOf('kafka', { brokers: cluster.brokers, tls: false });
    await deliver(channel, raisedAlert(1), raisedAlert(2, 'zcash'), raisedAlert(3));
    await cluster.kill(0);
    const attempt = channel.deliver([raisedAlert(4)], AbortSignal.timeout(3_000));
    expect(await failureOf(attempt)).toMatchObject({ kind: 'unreachable' });
    await cluster.restart(0);
    await deliver(channel, raisedAlert(4));
    await channel.close?.();
    const got = await read(4);
    expect([...new Set(got.map(({ id }) => id))].toSorted()).toEqual([
      'alert-1',
      'alert-2',
      'alert-3',
      'alert-4',
    ]);
    const bitcoin = got.filter(({ key }) => key === 'bitcoin');
    expect(bitcoin.map(({ id }) => id)).toEqual(['alert-1', 'alert-3', 'alert-4']);
    expect(new Set(bitcoin.map(({ partition }) => partition)).size).toBe(1);
  });
});
