import { z } from 'zod';
import { type CoinState, coinStateSchema } from '../alerts/coin-state.ts';
import { fetchRecords } from '../log/kafka/fetch-records.ts';
import type { KafkaClients } from '../log/kafka/kafka-clients.ts';
import { createTopicProducer, type PlacedRecord } from '../log/kafka/topic-producer.ts';
import type { Logger } from '../logging/logger.ts';

const FETCH_BYTES = 4_194_304;
/** How much JSON is sent before other work gets a turn; a broker accepts batches of twice the size, compressed. */
const BYTES_AT_A_TIME = 524_288;
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
   * Saves the states in their order: a crash leaves the first ones.
   *
   * @param generation of the consumer group when this process was assigned the partition. Of two states as of the same record, that
   *   of the higher generation is newer
   */
  save(partition: number, generation: number, states: readonly CoinStateAt[], now: number): Promise<void>;
};

export function createRuleStatesTopic(
  clients: Pick<KafkaClients, 'fetcher' | 'producer'>,
  topic: string,
  log: Logger,
): RuleStatesTopic {
  const producer = createTopicProducer(clients, topic);

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
      let records: PlacedRecord[] = [];
      let bytes = 0;
      for (const { coinId, offset, state } of states) {
        const value = JSON.stringify({ generation, offset, state });
        records.push({ partition, record: { key: coinId, value, headers: { v: VERSION } } });
        bytes += value.length;
        if (bytes < BYTES_AT_A_TIME) continue;
        await producer.append(records, now);
        records = [];
        bytes = 0;
      }
      if (records.length > 0) await producer.append(records, now);
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

/**
 * The offset counts first, even if a process has lost the partition without noticing: it saves the same state that its successor
 * will have at that record, and it may still commit the record for the group, after which the ticks up to there are not read
 * again.
 */
const isOlder = (saved: Saved, other: Saved | undefined): boolean =>
  other !== undefined &&
  (saved.offset < other.offset || (saved.offset === other.offset && saved.generation < other.generation));
