import type { FeedState } from '../../../../shared/domain/feed-state.ts';
import type { Tick } from '../../../../shared/domain/tick.ts';
import { message } from '../../../../shared/messages/message.ts';
import { unlessAborted } from '../../async/unless-aborted.ts';
import type { Logger } from '../../logging/logger.ts';
import type { Clock } from '../../time/clock.ts';
import { type Pace, paceAfterFailure, paceAfterSuccess, paceOfStart } from '../budget/pacing.ts';
import { FeedError, type PriceBatch, type PriceRequest, type PriceSource } from '../price-source.ts';
import { createBatchWarnings } from './batch-warnings.ts';
import { afterChange, afterFailure, afterSuccess, INITIAL_HEALTH } from './feed-health.ts';
import { createTickDeduplicator } from './tick-deduplicator.ts';

/** Callbacks of the poller. */
export type PollerListener = {
  /** New ticks of one response, deduplicated. Called synchronously, never empty. */
  onTicks(ticks: readonly Tick[]): void;
  onState(state: FeedState): void;
  /** Called after every response, even without new ticks, with what was missing or rejected. */
  onBatch(batch: PriceBatch): void;
};

/** Polls one source, one request at a time. */
export type Poller = {
  start(): void;
  /** Resolves when no request is running. */
  stop(): Promise<void>;
  /** Changes coins or currency; the next request is made immediately. */
  change(request: PriceRequest): void;
  /** Makes new requests wait while they make no sense, such as during the machine's sleep. A running one continues. */
  pause(): void;
  /** Makes the request that waits. */
  resume(): void;
  state(): FeedState;
};

export type PollerOptions = {
  readonly source: PriceSource;
  readonly clock: Clock;
  /** A number in [0, 1), for the jitter of delays. */
  readonly random: () => number;
  readonly log: Logger;
  readonly listener: PollerListener;
  readonly request: PriceRequest;
  /** The interval between requests, in milliseconds; read at the start of each. */
  readonly pollMs: () => number;
  /**
   * Whether the source is known to have a price of a coin; all coins when absent. For unknown ids, a response without
   * prices is a success.
   */
  readonly isKnown?: (coinId: string) => boolean;
};

/**
 * Polls a source from `start` to `stop`, one request after the other, whatever the source returns. A `change`
 * discards the running request, but never causes a request before a `Retry-After` is over.
 */
export function createPoller(options: PollerOptions): Poller {
  const { source, clock, random, log, listener, pollMs: pollMsNow, isKnown = () => true } = options;
  const warnings = createBatchWarnings(log);
  const deduplicator = createTickDeduplicator();
  const stopping = new AbortController();
  let current = options.request;
  let health = INITIAL_HEALTH;
  let pace: Pace = { nextAt: 0, notBefore: 0, backoffMs: 0 };
  /**
   * Ends the current round, a request and the wait after it. Each round has its own controller, because the
   * provider's client leaves a listener on the signal of every request, and these would accumulate.
   */
  let round = new AbortController();
  let running: Promise<void> | null = null;
  /** Resolved when a pause is over; null when there is none. */
  let resumed: PromiseWithResolvers<void> | null = null;

  /** Errors of a listener are not the provider's: they are logged, and polling continues. */
  const notify = (what: string, call: () => void): void => {
    try {
      call();
    } catch (err) {
      log.error({ err }, `the listener of the feed failed on ${what}`);
    }
  };

  const fetchBatch = async (
    request: PriceRequest,
    signal: AbortSignal,
  ): Promise<PriceBatch | FeedError | null> => {
    try {
      if (resumed !== null) await unlessAborted(signal, resumed.promise);
      signal.throwIfAborted(); // a pause may end and the round be aborted in the same turn
      const batch = await source.fetchPrices(request, signal);
      return signal.aborted ? null : batch;
    } catch (error) {
      if (signal.aborted) return null;
      if (error instanceof FeedError) return error;
      log.error({ err: error }, 'unexpected error of the price source');
      return new FeedError('bad-answer', message('source.failed', { reason: String(error) }), {
        cause: error,
      });
    }
  };

  const handleBatch = (batch: PriceBatch, startedAt: number, pollMs: number): void => {
    if (isWithoutPrices(batch)) {
      const error = new FeedError('bad-answer', message('answer.no-prices'));
      fail(error, startedAt, pollMs);
    } else {
      handlePrices(batch, startedAt, pollMs);
    }
    notify('a batch', () => listener.onBatch(batch));
    warnings.note(batch);
  };

  const isWithoutPrices = ({ ticks, missing, rejected }: PriceBatch): boolean =>
    ticks.length === 0 && (rejected.length > 0 || missing.some(isKnown));

  const handlePrices = (batch: PriceBatch, startedAt: number, pollMs: number): void => {
    const now = clock.now();
    const before = health.state;
    const observedAt = batch.ticks.reduce<number | null>(
      (newest, tick) => Math.max(newest ?? tick.observedAt, tick.observedAt),
      null,
    );
    pace = paceAfterSuccess({ startedAt, now, pollMs });
    health = afterSuccess(health, { at: now, observedAt, pollMs });
    const news = deduplicator.filterNew(batch.ticks);
    if (news.length > 0) notify('ticks', () => listener.onTicks(news));
    notify('its state', () => listener.onState(health.state));
    logTransition(log, before, health.state);
  };

  const fail = (error: FeedError, startedAt: number, pollMs: number): void => {
    const now = clock.now();
    const before = health.state;
    pace = paceAfterFailure(error, { previous: pace, startedAt, now, pollMs, random: random() });
    health = afterFailure(health, { at: now, error, retryAt: pace.nextAt });
    notify('its state', () => listener.onState(health.state));
    logTransition(log, before, health.state, error);
  };

  const sleepUntil = async (at: number, signal: AbortSignal): Promise<void> => {
    const ms = at - clock.now();
    if (ms <= 0) return;
    try {
      await clock.sleep(ms, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  };

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const currentRound = new AbortController();
      round = currentRound;
      const request = current;
      const pollMs = pollMsNow();
      const startedAt = clock.now();
      pace = paceOfStart(pace, startedAt);
      const outcome = await fetchBatch(request, currentRound.signal);
      // If the clock was set back during the request, the next one would be due much too late.
      const effectiveStart = Math.min(startedAt, clock.now());
      pace = paceOfStart(pace, effectiveStart);
      if (outcome instanceof FeedError) fail(outcome, effectiveStart, pollMs);
      else if (outcome !== null) handleBatch(outcome, effectiveStart, pollMs);
      const notBeforeMs = pace.notBefore - clock.now();
      await sleepUntil(pace.nextAt, currentRound.signal);
      // An aborted wait must still respect `notBefore`; the clock may have been set back during it.
      if (!currentRound.signal.aborted) continue;
      await sleepUntil(Math.min(pace.notBefore, clock.now() + notBeforeMs), stopping.signal);
    }
  };

  return {
    start() {
      if (stopping.signal.aborted) throw new Error('a feed that was stopped cannot be started again');
      running ??= run();
    },
    async stop() {
      stopping.abort();
      round.abort();
      await running;
    },
    change(request) {
      current = request;
      deduplicator.keepOnly(request.coins, request.vsCurrency);
      health = afterChange(health);
      round.abort();
    },
    pause() {
      resumed ??= Promise.withResolvers();
    },
    resume() {
      resumed?.resolve();
      resumed = null;
    },
    state: () => health.state,
  };
}

/** Logs a change of status; the polls in between are logged at `debug`. */
function logTransition(log: Logger, before: FeedState, after: FeedState, err?: FeedError): void {
  if (before.status === after.status) log.debug({ feed: after, err }, 'polled');
  else if (after.status === 'live') log.info({ feed: after, was: before.status }, 'prices are live');
  else log.warn({ feed: after, was: before.status, err }, `the feed is ${after.status}`);
}
