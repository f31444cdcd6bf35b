import type { Interval } from '../../../../shared/domain/interval.ts';
import type { HistoryCandle } from '../../history/history-store.ts';
import type { Logger } from '../../logging/logger.ts';
import { nextDelayMs } from '../../time/backoff.ts';
import type { Clock } from '../../time/clock.ts';
import { FeedError } from '../price-source.ts';
import type { HistorySource } from './history-source.ts';
import { createHolds } from './holds.ts';
import type { HistoryRequest } from './plan-backfill.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Between two calls to one source, whatever its budget allows: nobody waits for the last candle of the last coin. */
const PAUSE_MS = SECOND_MS / 2;
const FAILURE = { baseMs: SECOND_MS, capMs: 5 * MINUTE_MS };
/** For a limit that does not say when it ends. */
const LIMIT = { baseMs: 30 * SECOND_MS, capMs: HOUR_MS };
const REFUSED_MS = 15 * MINUTE_MS;
/** A request that failed this often in a row is left to another source, or to a later time. */
const MOST_FAILURES = 3;
export const AVOIDED_MS = HOUR_MS;

/** `null` in place of candles: the source does not have this coin. */
export type Asked =
  | { readonly outcome: 'answered'; readonly candles: readonly HistoryCandle[] | null }
  /** The source is left alone for a while; then the same may be asked again. */
  | { readonly outcome: 'later' }
  /** It failed so often that another plan is better. */
  | { readonly outcome: 'avoided' };

/** Asks sources, one call at a time, and knows which of them are to be left alone just now. */
export type SourceAsker = {
  /** Throws only the signal's reason. */
  ask(request: HistoryRequest, source: HistorySource, signal: AbortSignal): Promise<Asked>;
  /** How long a source is left alone from now; 0 when it may be asked. */
  waitMs(source: string): number;
  isAvoided(source: string, coinId: string, interval: Interval): boolean;
};

export function createSourceAsker(options: {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
}): SourceAsker {
  const { clock, random, log } = options;
  const holds = createHolds(clock);
  const delays = new Map<string, number>();
  const failures = new Map<string, number>();

  const leaveAlone = (source: string, { kind, retryAfterMs }: FeedError): void => {
    if (kind === 'refused') {
      holds.hold(source, REFUSED_MS);
    } else if (retryAfterMs !== null) {
      holds.hold(source, Math.max(SECOND_MS, retryAfterMs));
    } else {
      const limits = kind === 'rate-limited' ? LIMIT : FAILURE;
      const delayMs = nextDelayMs(delays.get(source) ?? 0, limits, random());
      delays.set(source, delayMs);
      holds.hold(source, delayMs);
    }
  };

  const fail = (request: HistoryRequest, error: FeedError): Asked => {
    const { source, coinId, interval } = request;
    leaveAlone(source, error);
    log.info({ err: error, source, coinId, interval }, 'history is unavailable; trying again later');
    // A limit says nothing about the request.
    if (error.kind === 'rate-limited') return { outcome: 'later' };
    const key = keyOf(source, coinId, interval);
    const count = (failures.get(key) ?? 0) + 1;
    failures.set(key, count);
    if (count < MOST_FAILURES) return { outcome: 'later' };
    failures.delete(key);
    holds.hold(key, AVOIDED_MS);
    return { outcome: 'avoided' };
  };

  return {
    async ask(request, source, signal) {
      holds.hold(source.name, PAUSE_MS);
      try {
        const candles = await source.fetchCandles(request, signal);
        delays.delete(source.name);
        failures.delete(keyOf(source.name, request.coinId, request.interval));
        return { outcome: 'answered', candles };
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof FeedError) return fail(request, error);
        log.error(
          { err: error, source: source.name },
          'a source of history failed in a way that it should not',
        );
        return fail(request, new FeedError('bad-answer', String(error), { cause: error }));
      }
    },
    waitMs: holds.remainingMs,
    isAvoided: (source, coinId, interval) => holds.isHeld(keyOf(source, coinId, interval)),
  };
}

const keyOf = (source: string, coinId: string, interval: Interval): string =>
  JSON.stringify([source, coinId, interval]);
