import type { QuoteState } from '../latest/quote-state.ts';
import type { TopicPartition } from '../log/kafka/fetch-records.ts';
import type { KafkaClients } from '../log/kafka/kafka-clients.ts';
import { boundsOf, offsetAt } from '../log/kafka/offsets.ts';
import { partitionOf } from '../log/kafka/partition-of.ts';
import type { TopicNames } from '../log/kafka/topics.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../time/clock.ts';
import type { LiveMarket } from './live-market.ts';
import { type CoinStateAt, createRuleStatesTopic } from './rule-states-topic.ts';

const MINUTE_MS = 60_000;
/** The minimum range of ticks that is read at the start. */
const READ_BACK_MS = MINUTE_MS;
/** The maximum, for an installation in which no process steps the rules. */
const MAX_READ_BACK_MS = 10 * MINUTE_MS;
/** Alerts of this range are shown while the database is unavailable or does not have them yet. */
const ALERTS_BACK_MS = 60 * MINUTE_MS;

export type LiveStartOptions = {
  readonly clients: KafkaClients;
  readonly names: TopicNames;
  readonly partitions: number;
  /** The clock with which records are appended. */
  readonly clock: Clock;
  readonly log: Logger;
};

/**
 * Restores the rules of these coins from the states that alert workers have saved; resolves with the newest offset of those by
 * partition. States that cannot be read start empty.
 */
export async function restoreRules(
  { clients, names, partitions, log }: LiveStartOptions,
  market: Pick<LiveMarket, 'restore'>,
  coins: ReadonlySet<string>,
  quotes: ReadonlyMap<string, QuoteState>,
): Promise<ReadonlyMap<number, number>> {
  const states = createRuleStatesTopic(clients, names.states, log);
  const newest = new Map<number, number>();
  const restore = (partition: number, { coinId, offset, state }: CoinStateAt): void => {
    newest.set(partition, Math.max(newest.get(partition) ?? offset, offset));
    // A coin that is copied to all partitions has a state in each: it is shown as it is in its own.
    const isOwn = partitionOf(coinId, partitions) === partition;
    if (isOwn && coins.has(coinId)) market.restore(coinId, state, quotes.get(coinId) ?? null);
  };
  try {
    for (let partition = 0; partition < partitions; partition++)
      for (const saved of await states.read(partition)) restore(partition, saved);
  } catch (err) {
    log.warn({ err }, 'the saved states of rules cannot be read; averages start without state');
  }
  return newest;
}

/** The offset to start from in a partition, so that the saved states continue without a gap. */
export async function beginAt(
  { clients, names, clock }: LiveStartOptions,
  at: TopicPartition,
  newestSaved: number | null,
): Promise<number> {
  const since = async (backMs: number): Promise<number> => {
    const found = await offsetAt(clients, at, BigInt(clock.now() - backMs));
    return found >= 0 ? found : (await boundsOf(clients, at))[1];
  };
  if (at.topic === names.alerts) return since(ALERTS_BACK_MS);
  const young = await since(READ_BACK_MS);
  if (newestSaved === null || newestSaved + 1 >= young) return young;
  return Math.max(newestSaved + 1, await since(MAX_READ_BACK_MS));
}
