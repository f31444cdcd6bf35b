import type { FeedState } from '../../../../shared/domain/feed-state.ts';
import type { Logger } from '../../logging/logger.ts';
import type { Clock } from '../../time/clock.ts';
import { type Pace, paceAfterAnswer, paceAfterFailure, paceOfStart } from '../budget/pacing.ts';
import { FeedError, type PriceBatch, type PriceRequest, type PriceSource } from '../price-source.ts';
import { createBatchWarnings } from './batch-warnings.ts';
import { createSeenTicks } from './deduplicate-ticks.ts';
import type { Feed, FeedListener } from './feed.ts';
import { afterAnswer, afterChange, afterFailure, INITIAL_HEALTH } from './feed-state.ts';

export type FeedOptions = {
  readonly source: PriceSource;
  readonly clock: Clock;
  /** A number in [0, 1), for the jitter of delays. */
  readonly random: () => number;
  readonly log: Logger;
  readonly listener: FeedListener;
  readonly request: PriceRequest;
  /** The interval between requests, in milliseconds; asked for at the start of each. */
  readonly pollMs: () => number;
  /**
   * Whether the source is known to have a price of a coin; absent, of all. Where only ids that nobody knows are asked for,
   * an answer without prices is a good one.
   */
  readonly isKnown?: (coinId: string) => boolean;
};

/**
 * The feed: one request after the other, from `start` to `stop`, whatever the source answers. What was asked for before
 * a `change` is dropped even when it arrives; no change makes it ask before a `Retry-After` is over.
 */
export function createFeed(options: FeedOptions): Feed {
  const { source, clock, random, log, listener, pollMs: pollMsNow, isKnown = () => true } = options;
  const warnings = createBatchWarnings(log);
  const seen = createSeenTicks();
  const stopping = new AbortController();
  let wanted = options.request;
  let health = INITIAL_HEALTH;
  let pace: Pace = { nextAt: 0, notBefore: 0, backoffMs: 0 };
  /**
   * Ends the present round, be it a request or the wait after it. Each round has its own, because the provider's client
   * leaves a listener on the signal of every request: on one that lived for months they would pile up.
   */
  let round = new AbortController();
  let running: Promise<void> | null = null;

  /** What a listener throws is its fault, not the provider's: it is logged, and polling goes on. */
  const tell = (what: string, call: () => void): void => {
    try {
      call();
    } catch (err) {
      log.error({ err }, `the listener of the feed failed on ${what}`);
    }
  };

  const ask = async (request: PriceRequest, signal: AbortSignal): Promise<PriceBatch | FeedError | null> => {
    try {
      const batch = await source.fetchPrices(request, signal);
      return signal.aborted ? null : batch;
    } catch (error) {
      if (signal.aborted) return null;
      if (error instanceof FeedError) return error;
      log.error({ err: error }, 'the price source failed in a way that it should not');
      return new FeedError('bad-answer', `the price source failed: ${String(error)}`, { cause: error });
    }
  };

  const take = (batch: PriceBatch, startedAt: number, pollMs: number): void => {
    if (isWithoutPrices(batch)) {
      const nothing = new FeedError('bad-answer', 'the answer has no price of any of the coins');
      fail(nothing, startedAt, pollMs);
    } else {
      takePrices(batch, startedAt, pollMs);
    }
    tell('a batch', () => listener.onBatch(batch));
    warnings.note(batch);
  };

  const isWithoutPrices = ({ ticks, missing, rejected }: PriceBatch): boolean =>
    ticks.length === 0 && (rejected.length > 0 || missing.some(isKnown));

  const takePrices = (batch: PriceBatch, startedAt: number, pollMs: number): void => {
    const now = clock.now();
    const before = health.state;
    const observedAt = batch.ticks.reduce<number | null>(
      (newest, tick) => Math.max(newest ?? tick.observedAt, tick.observedAt),
      null,
    );
    pace = paceAfterAnswer({ startedAt, now, pollMs });
    health = afterAnswer(health, { at: now, observedAt, pollMs });
    const news = seen.takeNew(batch.ticks);
    if (news.length > 0) tell('ticks', () => listener.onTicks(news));
    tell('its state', () => listener.onState(health.state));
    logTransition(log, before, health.state);
  };

  const fail = (error: FeedError, startedAt: number, pollMs: number): void => {
    const now = clock.now();
    const before = health.state;
    pace = paceAfterFailure(error, { previous: pace, startedAt, now, pollMs, random: random() });
    health = afterFailure(health, { at: now, error, retryAt: pace.nextAt });
    tell('its state', () => listener.onState(health.state));
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
      const thisRound = new AbortController();
      round = thisRound;
      const request = wanted;
      const pollMs = pollMsNow();
      const startedAt = clock.now();
      pace = paceOfStart(pace, startedAt);
      const outcome = await ask(request, thisRound.signal);
      // A clock that was set back during the request would make the next one due in hours.
      const asIfStartedAt = Math.min(startedAt, clock.now());
      pace = paceOfStart(pace, asIfStartedAt);
      if (outcome instanceof FeedError) fail(outcome, asIfStartedAt, pollMs);
      else if (outcome !== null) take(outcome, asIfStartedAt, pollMs);
      const notBeforeMs = pace.notBefore - clock.now();
      await sleepUntil(pace.nextAt, thisRound.signal);
      // Only a wait that was cut short can end before this; and the clock may have been set back during it.
      if (!thisRound.signal.aborted) continue;
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
      wanted = request;
      seen.keepOnly(request.coins, request.vsCurrency);
      health = afterChange(health);
      round.abort();
    },
    state: () => health.state,
  };
}

/** A line when the status changes; the polls between are for `debug`. */
function logTransition(log: Logger, before: FeedState, after: FeedState, err?: FeedError): void {
  if (before.status === after.status) log.debug({ feed: after, err }, 'polled');
  else if (after.status === 'live') log.info({ feed: after, was: before.status }, 'prices are live');
  else log.warn({ feed: after, was: before.status, err }, `the feed is ${after.status}`);
}
