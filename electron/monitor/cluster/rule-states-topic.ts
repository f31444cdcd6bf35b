import { z } from 'zod';
import { type CoinState, coinStateSchema } from '../alerts/coin-state.ts';
import { fetchRecords } from '../log/kafka/fetch-records.ts';
import type { KafkaClients } from '../log/kafka/kafka-clients.ts';
import { createPartitionProducer, type PartitionProducer } from '../log/kafka/partition-producer.ts';
import type { Logger } from '../logging/logger.ts';

const FETCH_BYTES = 4_194_304;
const VERSION = '1';

/** The state of the rules for a coin, as of a record of the topic of ticks. */
export type CoinStateAt = {
  readonly coinId: string;
  /** The offset of the newest record whose ticks the state includes. */
  readonly offset: number;
  readonly state: CoinState;
};

const savedSchema = z.strictObject({ generation: z.number(), offset: z.number(), state: coinStateSchema });

/**
 * The state of the rules for each coin, in a compacted topic with as many partitions as that of the ticks: a partition's states
 * are in the partition with the same number as its ticks, so that any process that is assigned it finds them. Key: the coin's id.
 * Value: JSON of `savedSchema`. Header `v`: its version.
 */
export type RuleStatesTopic = {
  /**
   * The newest state of each coin of a partition. Coins whose state cannot be read are skipped: their rules start without a past.
   */
  read(partition: number): Promise<readonly CoinStateAt[]>;
  /**
   * @param generation of the consumer group when this process was assigned the partition. A process that has lost it without
   *   noticing writes with a lower one, which `read` ignores
   */
  save(partition: number, generation: number, states: readonly CoinStateAt[], now: number): Promise<void>;
};

export function createRuleStatesTopic(clients: KafkaClients, topic: string, log: Logger): RuleStatesTopic {
  const producers = new Map<number, PartitionProducer>();
  const producerOf = (partition: number): PartitionProducer => {
    const producer = producers.get(partition) ?? createPartitionProducer(clients, { topic, partition });
    producers.set(partition, producer);
    return producer;
  };

  return {
    async read(partition) {
      const found = new Map<string, z.infer<typeof savedSchema>>();
      for (let offset = 0; ; ) {
        const fetched = await fetchRecords(clients, { topic, partition }, offset, {
          maxWaitMs: 0,
          maxBytes: FETCH_BYTES,
        });
        for (const { key, value } of fetched.records) {
          const saved = parse(value);
          if (saved === null)
            log.warn({ coinId: key, topic, partition }, 'a saved state of rules cannot be read');
          else if (!isOlder(saved, found.get(key))) found.set(key, saved);
        }
        const next = Math.max(fetched.nextOffset, fetched.startOffset);
        if (next <= offset) break;
        offset = next;
      }
      return [...found].map(([coinId, { offset, state }]) => ({ coinId, offset, state }));
    },
    async save(partition, generation, states, now) {
      await Promise.all(
        states.map(({ coinId, offset, state }) =>
          producerOf(partition).append(
            { key: coinId, value: JSON.stringify({ generation, offset, state }), headers: { v: VERSION } },
            now,
          ),
        ),
      );
    },
  };
}

function parse(value: Buffer | null): z.infer<typeof savedSchema> | null {
  try {
    return savedSchema.parse(JSON.parse(String(value)));
  } catch {
    return null; // the caller reports it
  }
}

type Saved = { readonly generation: number; readonly offset: number };
const isOlder = (saved: Saved, other: Saved | undefined): boolean =>
  other !== undefined &&
  (saved.generation < other.generation ||
    (saved.generation === other.generation && saved.offset < other.offset));
