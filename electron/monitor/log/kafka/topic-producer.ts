import type { KafkaClients } from './kafka-clients.ts';
import type { KafkaRecord } from './kafka-record.ts';

/** Maximum number of records in a request, if they were not appended together. */
const MAX_RECORDS = 500;
/**
 * The client compresses the records of each partition separately. If they are shorter than this on average, lz4 is used: zstd
 * makes them a quarter shorter, but takes ten times as long, here and in each consumer, because it sets up a context each time.
 * For longer records, the output of lz4 is twice as large as that of zstd.
 */
const SHORT_BYTES = 1_024;

/** A record with the partition that it goes to. */
export type PlacedRecord = { readonly partition: number; readonly record: KafkaRecord };

/** Produces to the partitions of a topic in the order of the calls. */
export type TopicProducer = {
  /**
   * Resolves with the offsets of the records, in their order, when all in-sync replicas have them. When it rejects, some of them
   * may be stored.
   *
   * @param timestamp in ms since the epoch
   */
  append(records: readonly PlacedRecord[], timestamp: number): Promise<readonly number[]>;
};

type Waiting = {
  readonly records: readonly PlacedRecord[];
  readonly timestamp: number;
  readonly resolve: (offsets: readonly number[]) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * One group of records is sent at a time, so that a retry cannot change the order; those that are appended meanwhile form the
 * next group. The client sends one request to each leader, all at the same time. With a group for each partition, it would send
 * them one after the other, because an idempotent producer has one request in flight per connection.
 */
export function createTopicProducer(
  { producer }: Pick<KafkaClients, 'producer'>,
  topic: string,
): TopicProducer {
  const waiting: Waiting[] = [];
  let isSending = false;

  const send = async (group: readonly Waiting[]): Promise<void> => {
    try {
      const { offsets = [] } = await producer.send({
        compression: compressionOf(group.flatMap(({ records }) => records)),
        messages: group.flatMap(({ records, timestamp }) =>
          records.map(({ partition, record: { key, value, headers } }) => ({
            topic,
            partition,
            ...(key !== null && { key }),
            value,
            headers,
            timestamp: BigInt(timestamp),
          })),
        ),
      });
      const next = new Map(offsets.map(({ partition, offset }) => [partition, Number(offset)]));
      for (const { records, resolve } of group)
        resolve(
          records.map(({ partition }) => {
            const offset = next.get(partition) ?? Number.NaN;
            next.set(partition, offset + 1);
            return offset;
          }),
        );
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  };

  /** The first waiting calls, up to the maximum number of records in total; at least one call. */
  const nextGroup = (): readonly Waiting[] => {
    let count = 0;
    const end = waiting.findIndex(({ records }, index) => {
      count += records.length;
      return index > 0 && count > MAX_RECORDS;
    });
    return waiting.splice(0, end < 0 ? waiting.length : end);
  };

  const work = async (): Promise<void> => {
    isSending = true;
    while (waiting.length > 0) await send(nextGroup());
    isSending = false;
  };

  return {
    append: (records, timestamp) =>
      new Promise((resolve, reject) => {
        waiting.push({ records, timestamp, resolve, reject });
        if (!isSending) void work();
      }),
  };
}

function compressionOf(records: readonly PlacedRecord[]): 'lz4' | 'zstd' {
  const bytes = records.reduce((sum, { record }) => sum + record.value.length, 0);
  const partitions = new Set(records.map(({ partition }) => partition)).size;
  return bytes < SHORT_BYTES * partitions ? 'lz4' : 'zstd';
}
