import { type PastCandle, pricesOfCandle } from '../../../shared/domain/past-candle.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import { createSingleRun } from '../async/single-run.ts';
import type { Logger } from '../logging/logger.ts';
import { nextDelayMs } from '../time/backoff.ts';
import type { Clock } from '../time/clock.ts';
import { type MissingPast, missingPast } from './missing-past.ts';
import type { RulesBySource } from './saved-coin.ts';
import type { Watch } from './watch.ts';
import type { WatchConfig } from './watched.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Beyond this, candles of an hour are enough: windows that long sample one price an hour. */
const MINUTES_BACK_MS = 2 * DAY_MS;
/** A change of rules waits no longer than this for the history; the rest is filled in later. */
const READ_TIMEOUT_MS = 10_000;
/** The number of coins whose history is in memory at a time. */
const COINS_AT_A_TIME = 50;
/** Each fill replays the log, so it is better to wait for more coins. */
const PAUSE_MS = 10_000;
/** After a failure. It begins with the pause: reads of many coins may have to be repeated. */
const RETRY = { baseMs: PAUSE_MS, capMs: MINUTE_MS };
/** Nothing else reports that the first price of a source has arrived. */
const AGAIN_MS = 10 * MINUTE_MS;

const CANNOT_READ = 'the history for rules cannot be read; their windows fill with new prices';

/**
 * Gives rules the stored history that they need and have not seen, so that a new high of 30 days is known on the day on which its
 * rule is created, also if the rule was written while the program did not run, or if the history of its coin is loaded later. The
 * history is as exact as the stored candles: minutes for the last two days, hours before that, at which windows of that length
 * sample prices. It is used for all sources of a coin alike.
 */
export type RuleHistory = {
  /** Changes what is watched; new rules start with their history, if it can be read in time. */
  change(config: WatchConfig): Promise<void>;
  /** Checks periodically for missing history from now on. */
  start(): void;
  /** More history of a coin was stored. */
  onHistory(coinId: string): void;
  stop(): Promise<void>;
};

export type RuleHistoryOptions = {
  readonly watch: Pick<Watch, 'config' | 'seen' | 'rebuild' | 'refill' | 'settled'>;
  readonly read: (range: {
    readonly coinId: string;
    readonly vsCurrency: string;
    readonly from: number;
    readonly to: number;
    readonly finest?: '1h';
  }) => Promise<readonly PastCandle[]>;
  /** Resolves when the store can be read. */
  readonly whenReady: (signal: AbortSignal) => Promise<void>;
  /** The clock of prices. */
  readonly now: () => number;
  /** Real time, also while the machine's clock is set. */
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly random: () => number;
  readonly log: Logger;
};

/** A coin with its candles, oldest first. */
type CoinPast = { readonly missing: MissingPast; readonly candles: readonly PastCandle[] };

export function createRuleHistory(options: RuleHistoryOptions): RuleHistory {
  const { watch, read, whenReady, now, clock, random, log } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  /** For each coin, the instant before which nothing is stored. */
  const nothingBefore = new Map<string, number>();
  /** For each coin, how often history of it was stored. */
  const timesStored = new Map<string, number>();
  let isStarted = false;

  const readCandles = async ({ coinId, from }: MissingPast, vsCurrency: string, to: number) => {
    const range = { coinId, vsCurrency, to };
    const minutesFrom = Math.max(from, to - MINUTES_BACK_MS);
    const hours = from < minutesFrom ? await read({ ...range, from, to: minutesFrom, finest: '1h' }) : [];
    return [...hours, ...(await read({ ...range, from: minutesFrom }))];
  };

  /** The coins with stored history that is older than what their rules have seen. */
  const readPast = async (
    all: readonly MissingPast[],
    vsCurrency: string,
    isOver: () => boolean = () => signal.aborted,
  ): Promise<readonly CoinPast[]> => {
    const found: CoinPast[] = [];
    for (const missing of all) {
      const { coinId, until } = missing;
      if (until <= (nothingBefore.get(coinId) ?? Number.NEGATIVE_INFINITY)) continue;
      if (isOver()) break;
      const timesBefore = timesStored.get(coinId);
      const candles = await readCandles(missing, vsCurrency, now());
      const [first] = candles;
      if (first !== undefined && first.start + first.lengthMs <= until) found.push({ missing, candles });
      // What was stored meanwhile may not have been read.
      else if (timesStored.get(coinId) === timesBefore) nothingBefore.set(coinId, until);
    }
    return found;
  };

  const fill = async (): Promise<void> => {
    await whenReady(signal);
    await watch.settled();
    const config = watch.config();
    const all = missingPast(config, config, watch.seen, now());
    for (let at = 0; at < all.length && !signal.aborted; at += COINS_AT_A_TIME) {
      const past = await readPast(all.slice(at, at + COINS_AT_A_TIME), config.vsCurrency);
      if (past.length === 0 || signal.aborted || watch.config() !== config) continue;
      const forgotten = new Map(
        past.map(({ missing }): [string, RulesBySource] => [missing.coinId, missing.rules]),
      );
      await watch.refill(ticksOf(past, config.vsCurrency), forgotten);
      log.info({ coins: [...forgotten.keys()] }, 'rules were filled from stored prices');
    }
  };

  const run = createSingleRun(async () => {
    for (let delayMs = 0; !signal.aborted; ) {
      try {
        await fill();
        return await clock.sleep(PAUSE_MS, signal);
      } catch (err) {
        if (signal.aborted) return;
        delayMs = nextDelayMs(delayMs, RETRY, random());
        log.warn({ err, delayMs }, CANNOT_READ);
        await clock.sleep(delayMs, signal).catch(() => undefined); // the program stops
      }
    }
  });
  const request = (): void => {
    if (isStarted && !signal.aborted) run.request();
  };

  const requestRegularly = async (): Promise<void> => {
    while (!signal.aborted) {
      request();
      await clock.sleep(AGAIN_MS, signal);
    }
  };

  return {
    async change(config) {
      const before = watch.config();
      const deadline = clock.now() + READ_TIMEOUT_MS;
      const made = missingPast(before, config, watch.seen, now()).filter(({ isMade }) => isMade);
      let past: readonly CoinPast[] = [];
      try {
        past = await readPast(made, config.vsCurrency, () => signal.aborted || clock.now() > deadline);
      } catch (err) {
        log.warn({ err }, CANNOT_READ);
      }
      if (signal.aborted) return;
      await watch.rebuild(config, ticksOf(past, config.vsCurrency));
      request();
    },
    start() {
      isStarted = true;
      requestRegularly().catch(() => undefined); // the program stops
    },
    onHistory(coinId) {
      timesStored.set(coinId, (timesStored.get(coinId) ?? 0) + 1);
      nothingBefore.delete(coinId);
      request();
    },
    async stop() {
      stopping.abort();
      await run.settled();
    },
  };
}

function* ticksOf(past: readonly CoinPast[], vsCurrency: string): Generator<Tick, void> {
  const nothing = { volume24h: null, marketCap: null, change24hPct: null };
  for (const { missing, candles } of past) {
    const { coinId } = missing;
    for (const source of missing.sources) {
      for (const candle of candles) {
        const prices = pricesOfCandle(candle);
        for (const [index, [observedAt, price]] of prices.entries()) {
          const amount = index === prices.length - 1 ? candle.volume : null;
          yield { coinId, vsCurrency, source, observedAt, price, amount, ...nothing };
        }
      }
    }
  }
}
