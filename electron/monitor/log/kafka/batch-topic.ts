import type { LogBatch } from '../tick-log.ts';
import type { KafkaClients } from './kafka-clients.ts';
import { encodeRecord } from './kafka-record.ts';
import { partitionOf } from './partition-of.ts';
import { createTopicProducer } from './topic-producer.ts';

/** A topic of batches: each coin has one partition and stays in order. */
export type BatchTopic = {
  /**
   * Resolves when all in-sync replicas have the whole batch. When it rejects, part of the batch may be stored; if it is appended
   * again, that part is stored twice, which consumers tolerate.
   */
  append(batch: LogBatch, appendedAt: number): Promise<void>;
};

export function createBatchTopic(clients: KafkaClients, topic: string, partitions: number): BatchTopic {
  const producer = createTopicProducer(clients, topic);
  return {
    async append({ ticks, alerts }, appendedAt) {
      const ticksOf = Map.groupBy(ticks, ({ coinId }) => partitionOf(coinId, partitions));
      const alertsOf = Map.groupBy(alerts, ({ coinId }) => partitionOf(coinId, partitions));
      const all = new Set([...ticksOf.keys(), ...alertsOf.keys()]);
      const records = [...all].map((partition) => ({
        partition,
        record: encodeRecord({ ticks: ticksOf.get(partition) ?? [], alerts: alertsOf.get(partition) ?? [] }),
      }));
      await producer.append(records, appendedAt);
    },
  };
}
