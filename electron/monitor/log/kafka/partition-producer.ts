import type { TopicPartition } from './fetch-records.ts';
import type { KafkaClients } from './kafka-clients.ts';
import type { KafkaRecord } from './kafka-record.ts';

/** Maximum number of records in a request. */
const MOST_RECORDS = 500;

/** Produces to a partition in the order of the calls. */
export type PartitionProducer = {
  /** Resolves with the record's offset when all in-sync replicas have it. */
  append(record: KafkaRecord, timestamp: number): Promise<number>;
};

type Waiting = {
  readonly record: KafkaRecord;
  readonly timestamp: number;
  readonly resolve: (offset: number) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * One request is in flight at a time, so that a retry cannot change the order; records that are appended meanwhile are sent
 * together in the next one.
 */
export function createPartitionProducer({ producer }: KafkaClients, at: TopicPartition): PartitionProducer {
  const waiting: Waiting[] = [];
  let isSending = false;

  const send = async (group: readonly Waiting[]): Promise<void> => {
    try {
      const { offsets } = await producer.send({
        messages: group.map(({ record, timestamp }) => ({
          ...at,
          ...(record.key !== null && { key: record.key }),
          value: record.value,
          headers: record.headers,
          timestamp: BigInt(timestamp),
        })),
      });
      const first = Number(offsets?.[0]?.offset);
      for (const [index, { resolve }] of group.entries()) resolve(first + index);
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  };

  const work = async (): Promise<void> => {
    isSending = true;
    while (waiting.length > 0) await send(waiting.splice(0, MOST_RECORDS));
    isSending = false;
  };

  return {
    append: (record, timestamp) =>
      new Promise((resolve, reject) => {
        waiting.push({ record, timestamp, resolve, reject });
        if (!isSending) void work();
      }),
  };
}
