import type { Position, TopicPartition } from './fetch-records.ts';
import type { KafkaClients } from './kafka-clients.ts';

const EARLIEST = -2n;
const LATEST = -1n;

/** The oldest offset, and the one after the newest record. */
export async function boundsOf(
  clients: Pick<KafkaClients, 'admin'>,
  at: TopicPartition,
): Promise<[number, number]> {
  return Promise.all([offsetAt(clients, at, EARLIEST), offsetAt(clients, at, LATEST)]);
}

/** The first offset of a record of that time (ms since the epoch) or later; -1 if there is none. */
export async function offsetAt(
  { admin }: Pick<KafkaClients, 'admin'>,
  { topic, partition }: TopicPartition,
  timestamp: bigint,
): Promise<number> {
  const [found] = await admin.listOffsets({
    topics: [{ name: topic, partitions: [{ partitionIndex: partition, timestamp }] }],
  });
  return Number(found?.partitions[0]?.offset ?? -1);
}

/** The current ends of these partitions: in each, the offset of the next record. */
export async function endsOf(
  { admin }: Pick<KafkaClients, 'admin'>,
  partitions: readonly TopicPartition[],
): Promise<readonly Position[]> {
  const found = await admin.listOffsets({
    topics: [...Map.groupBy(partitions, ({ topic }) => topic)].map(([name, ofTopic]) => ({
      name,
      partitions: ofTopic.map(({ partition }) => ({ partitionIndex: partition, timestamp: LATEST })),
    })),
  });
  return found.flatMap(({ name, partitions: ofTopic }) =>
    ofTopic.map(({ partitionIndex, offset }) => ({
      topic: name,
      partition: partitionIndex,
      offset: Number(offset),
    })),
  );
}
