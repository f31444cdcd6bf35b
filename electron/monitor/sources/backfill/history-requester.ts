import type { Interval } from '../../../../shared/domain/interval.ts';
import { verbatim } from '../../../../shared/messages/message.ts';
import type { HistoryCandle } from '../../history/history-store.ts';
import type { Logger } from '../../logging/logger.ts';
import { nextDelayMs } from '../../time/backoff.ts';
import type { Clock } from '../../time/clock.ts';
import { FeedError } from '../price-source.ts';
import { createCooldowns } from './cooldowns.ts';
import type { HistorySource } from './history-source.ts';
import type { HistoryRequest } from './plan-backfill.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Pause between two calls to one source, whatever its budget allows: backfill is never urgent. */
const PAUSE_MS = SECOND_MS / 2;
const FAILURE = { baseMs: SECOND_MS, capMs: 5 * MINUTE_MS };
/** For a rate limit without `Retry-After`. */
const LIMIT = { baseMs: 30 * SECOND_MS, capMs: HOUR_MS };
const REFUSED_MS = 15 * MINUTE_MS;
/** Consecutive failures of a request that open its circuit: it is left to another source or a later time. */
const MAX_FAILURES = 3;
export const CIRCUIT_OPEN_MS = HOUR_MS;

/** `candles` is null when the source does not have this coin. */
export type HistoryOutcome =
  | { readonly outcome: 'completed'; readonly candles: readonly HistoryCandle[] | null }
  /** The source is in a cooldown; retry the request afterwards. */
  | { readonly outcome: 'later' }
  /** The request failed too often; make another plan. */
  | { readonly outcome: 'circuit-open' };

/** Requests candles from sources, and tracks their cooldowns and open circuits. */
export type HistoryRequester = {
  /** Throws only the signal's reason. */
  request(request: HistoryRequest, source: HistorySource, signal: AbortSignal): Promise<HistoryOutcome>;
  /** The remaining cooldown of a source; 0 when it may be used. */
  waitMs(source: string): number;
  isCircuitOpen(source: string, coinId: string, interval: Interval): boolean;
};

export function createHistoryRequester(options: {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
}): HistoryRequester {
  const { clock, random, log } = options;
  const cooldowns = createCooldowns(clock);
  const delays = new Map<string, number>();
  const failures = new Map<string, number>();

  const startCooldown = (source: string, { kind, retryAfterMs }: FeedError): void => {
    if (kind === 'refused') {
      cooldowns.start(source, REFUSED_MS);
    } else if (retryAfterMs !== null) {
      cooldowns.start(source, Math.max(SECOND_MS, retryAfterMs));
    } else {
      const limits = kind === 'rate-limited' ? LIMIT : FAILURE;
      const delayMs = nextDelayMs(delays.get(source) ?? 0, limits, random());
      delays.set(source, delayMs);
      cooldowns.start(source, delayMs);
    }
  };

  const fail = (request: HistoryRequest, error: FeedError): HistoryOutcome => {
    const { source, coinId, interval } = request;
    startCooldown(source, error);
    log.info({ err: error, source, coinId, interval }, 'history is unavailable; trying again later');
    // A rate limit is not the fault of the request.
    if (error.kind === 'rate-limited') return { outcome: 'later' };
    const key = keyOf(source, coinId, interval);
    const count = (failures.get(key) ?? 0) + 1;
    failures.set(key, count);
    if (count < MAX_FAILURES) return { outcome: 'later' };
    failures.delete(key);
    cooldowns.start(key, CIRCUIT_OPEN_MS);
    return { outcome: 'circuit-open' };
  };

  return {
    async request(request, source, signal) {
      cooldowns.start(source.name, PAUSE_MS);
      try {
        const candles = await source.fetchCandles(request, signal);
        delays.delete(source.name);
        failures.delete(keyOf(source.name, request.coinId, request.interval));
        return { outcome: 'completed', candles };
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof FeedError) return fail(request, error);
        log.error({ err: error, source: source.name }, 'unexpected error of a history source');
        return fail(request, new FeedError('bad-answer', verbatim(String(error)), { cause: error }));
      }
    },
    waitMs: cooldowns.remainingMs,
    isCircuitOpen: (source, coinId, interval) => cooldowns.isActive(keyOf(source, coinId, interval)),
  };
}

const keyOf = (source: string, coinId: string, interval: Interval): string =>
  JSON.stringify([source, coinId, interval]);
