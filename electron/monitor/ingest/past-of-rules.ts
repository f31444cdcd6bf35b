import { type PastCandle, pricesOfCandle } from '../../../shared/domain/past-candle.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import { ruleMemoryMs } from '../alerts/bound-rule.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../time/clock.ts';
import type { SavedCoin } from './saved-coin.ts';
import type { WatchConfig } from './watched.ts';

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;

/** What of a rule's memory the log gives. */
const LOG_MS = 4 * HOUR_MS;
/** Further back than this an hour's candle is enough: windows that long take a price an hour. */
const MINUTES_BACK_MS = 2 * DAY_MS;
/** Rules that want years are content with this. */
const LONGEST_MS = 60 * DAY_MS;
/** A change of rules waits for the past no longer than this; what has not been read by then is not known. */
const READ_TIMEOUT_MS = 10_000;

/** Ticks of the past, made from stored candles, oldest first for each coin and source. */
export type Past = Iterable<Tick>;

export type PastOfRulesOptions = {
  readonly read: (range: {
    readonly coinId: string;
    readonly vsCurrency: string;
    readonly from: number;
    readonly to: number;
    readonly finest?: '1h';
  }) => Promise<readonly PastCandle[]>;
  /** What is known of a coin now. */
  readonly save: (coinId: string) => SavedCoin;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
};

/**
 * What is stored of the past for rules that were made or changed and look back further than the log reaches, so that a new high of
 * 30 days is known on the day on which its rule is made. It is as exact as the stored candles are: minutes of the last two days,
 * hours before that, which is what windows of that length take prices by. It counts for each source of a coin alike.
 *
 * Where it cannot be read, or not in time, the windows fill as time goes on.
 */
export async function readPastOfRules(
  before: WatchConfig,
  after: WatchConfig,
  { read, save, clock, log }: PastOfRulesOptions,
): Promise<Past> {
  const made = after.rules.filter(
    (rule) =>
      rule.enabled &&
      !before.rules.some(
        (one) =>
          one.enabled && one.id === rule.id && one.kind === rule.kind && isSame(one.params, rule.params),
      ),
  );
  const candles = new Map<string, readonly PastCandle[]>();
  const to = clock.now();
  const deadline = performance.now() + READ_TIMEOUT_MS;
  for (const coinId of after.vsCurrency === before.vsCurrency ? after.coins : []) {
    const own = made.filter(({ scope }) => !Array.isArray(scope) || scope.includes(coinId));
    const memoryMs = Math.min(LONGEST_MS, Math.max(0, ...own.map((rule) => ruleMemoryMs(rule, after.rules))));
    if (memoryMs <= LOG_MS || sourcesOf(save(coinId), after.vsCurrency).length === 0) continue;
    if (performance.now() > deadline) {
      log.warn({ coinId }, 'the past of a new rule was not read in time; its windows fill as time goes on');
      break;
    }
    const range = { coinId, vsCurrency: after.vsCurrency, to };
    const minutesFrom = to - Math.min(memoryMs, MINUTES_BACK_MS);
    try {
      const hours =
        memoryMs > MINUTES_BACK_MS
          ? await read({ ...range, from: to - memoryMs, to: minutesFrom, finest: '1h' })
          : [];
      candles.set(coinId, [...hours, ...(await read({ ...range, from: minutesFrom }))]);
    } catch (err) {
      log.warn({ err, coinId }, 'the past of a new rule cannot be read; its windows fill as time goes on');
      break;
    }
  }
  return ticksOf(candles, after.vsCurrency, save);
}

function* ticksOf(
  candles: ReadonlyMap<string, readonly PastCandle[]>,
  vsCurrency: string,
  save: PastOfRulesOptions['save'],
): Generator<Tick, void> {
  const nothing = { volume24h: null, marketCap: null, change24hPct: null };
  for (const [coinId, own] of candles) {
    for (const source of sourcesOf(save(coinId), vsCurrency)) {
      for (const candle of own) {
        const prices = pricesOfCandle(candle);
        for (const [index, [observedAt, price]] of prices.entries()) {
          const amount = index === prices.length - 1 ? candle.volume : null;
          yield { coinId, vsCurrency, source, observedAt, price, amount, ...nothing };
        }
      }
    }
  }
}

const sourcesOf = ({ engine }: SavedCoin, vsCurrency: string): readonly string[] =>
  (engine?.tracks ?? []).filter((track) => track.vsCurrency === vsCurrency).map(({ source }) => source);

const isSame = (a: object, b: object): boolean => JSON.stringify(a) === JSON.stringify(b);
