import type { LogBatch } from '../tick-log.ts';
import type { KafkaClients } from './kafka-clients.ts';
import { encodeRecord } from './kafka-record.ts';
import { partitionOf } from './partition-of.ts';
import { createTopicProducer, type PlacedRecord } from './topic-producer.ts';

/** A topic of batches: each coin has one partition and stays in order. */
export type BatchTopic = {
  /**
   * Resolves when all in-sync replicas have the whole batch. When it rejects, part of the batch may be stored; if it is appended
   * again, that part is stored twice, which consumers tolerate.
   */
  append(batch: LogBatch, appendedAt: number): Promise<void>;
};

export type BatchTopicOptions = {
  readonly clients: Pick<KafkaClients, 'producer'>;
  readonly topic: string;
  readonly partitions: number;
  /** The coin whose ticks are copied to all partitions: see `recordsOf`. */
  readonly copiedCoin?: string | null;
};

export function createBatchTopic(options: BatchTopicOptions): BatchTopic {
  const { clients, topic, partitions, copiedCoin = null } = options;
  const producer = createTopicProducer(clients, topic);
  return {
    async append(batch, appendedAt) {
      await producer.append(recordsOf(batch, partitions, copiedCoin), appendedAt);
    },
  };
}

/**
 * The records of a batch: one in each partition of its coins. Ticks of the copied coin come first, and are a separate record in
 * all other partitions, so that each partition has the ticks of that coin in the same order among those of its own coins. A
 * reader of one partition thus knows the price of the copied coin at each of its ticks.
 *
 * @param copiedCoin null for none
 */
export function recordsOf(
  { ticks, alerts }: LogBatch,
  partitions: number,
  copiedCoin: string | null,
): readonly PlacedRecord[] {
  const copied = ticks.filter(({ coinId }) => coinId === copiedCoin);
  const others = copied.length === 0 ? ticks : ticks.filter(({ coinId }) => coinId !== copiedCoin);
  const ticksOf = Map.groupBy([...copied, ...others], ({ coinId }) => partitionOf(coinId, partitions));
  const alertsOf = Map.groupBy(alerts, ({ coinId }) => partitionOf(coinId, partitions));
  return [...copiesOf(copied, partitions), ...ownRecords(ticksOf, alertsOf)];
}

/** @param ticks of one coin, or none */
function copiesOf(ticks: LogBatch['ticks'], partitions: number): readonly PlacedRecord[] {
  const [first] = ticks;
  if (first === undefined) return [];
  const own = partitionOf(first.coinId, partitions);
  const record = encodeRecord({ ticks, alerts: [] }, true);
  const all = Array.from({ length: partitions }, (_, partition) => ({ partition, record }));
  return all.filter(({ partition }) => partition !== own);
}

function ownRecords(
  ticksOf: ReadonlyMap<number, LogBatch['ticks']>,
  alertsOf: ReadonlyMap<number, LogBatch['alerts']>,
): readonly PlacedRecord[] {
  return [...new Set([...ticksOf.keys(), ...alertsOf.keys()])].map((partition) => ({
    partition,
    record: encodeRecord({ ticks: ticksOf.get(partition) ?? [], alerts: alertsOf.get(partition) ?? [] }),
  }));
}
