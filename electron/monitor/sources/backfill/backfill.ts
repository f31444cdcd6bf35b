import { intervalLengthMs } from '../../../../shared/domain/interval.ts';
import { unlessAborted } from '../../async/unless-aborted.ts';
import type { HistoryResult, HistoryStore } from '../../history/history-store.ts';
import type { Logger } from '../../logging/logger.ts';
import { nextDelayMs } from '../../time/backoff.ts';
import type { Clock } from '../../time/clock.ts';
import { coveredRange } from './covered-range.ts';
import { CIRCUIT_OPEN_MS, createHistoryRequester } from './history-requester.ts';
import type { HistorySource } from './history-source.ts';
import { type HistoryRequest, HOURS_BACK_MS, MINUTES_BACK_MS, planBackfill } from './plan-backfill.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Delay after a run with results: by then the provider has published its newest candles. */
const SOON_MS = 15 * MINUTE_MS;
/** Delay while there is nothing to do. Gaps trigger a check, so this only finds what was missed. */
const IDLE_MS = 6 * HOUR_MS;
const STORE_RETRY = { baseMs: SECOND_MS, capMs: MINUTE_MS };
/** A lower bound, however short the poll interval. */
const MIN_TOLERANCE_MS = 10 * MINUTE_MS;

/** Progress in requests. */
export type BackfillProgress = { readonly done: number; readonly total: number };

/** Fills gaps in the program's own candles with candles of sources, in the background, from `start` to `stop`. */
export type Backfill = {
  start(): void;
  /** Checks for gaps now, such as after a change of coins. */
  check(): void;
  /** Makes no requests until `resume`; a running one is aborted. */
  pause(): void;
  /** Continues, after checking for gaps again. */
  resume(): void;
  /** Signals new ticks. After a pause (sleep, an outage) this starts a check for the gap. */
  ticksReceived(): void;
  stop(): Promise<void>;
};

export type BackfillOptions = {
  /** In order of preference. */
  readonly sources: () => readonly HistorySource[];
  readonly store: HistoryStore;
  readonly watched: () => {
    readonly coins: readonly string[];
    readonly vsCurrency: string;
    /** The poll interval. */
    readonly pollMs: number;
  };
  readonly clock: Clock;
  /** A number in [0, 1), for the jitter of delays. */
  readonly random: () => number;
  readonly log: Logger;
  /** Called when new candles of a coin were stored. */
  readonly onHistory: (coinId: string, vsCurrency: string) => void;
  /** Called with the progress; null while there is nothing to fill. */
  readonly report: (progress: BackfillProgress | null) => void;
};

/**
 * Makes one request after the other. There is no stored plan: what is missing is derived from the database, so that a
 * run that was interrupted (by a crash or a change of coins) continues with the next plan, and no range is requested
 * twice.
 */
export function createBackfill(options: BackfillOptions): Backfill {
  const { store, clock, random, log, report } = options;
  const stopping = new AbortController();
  const requester = createHistoryRequester({ clock, random, log });
  let isPlanStale = false;
  /** A source does not have a coin, so another plan is needed to use the next source. */
  let needsOtherSource = false;
  /**
   * Aborts the current request or wait. Each has its own controller, because listeners accumulate on a long-lived
   * signal.
   */
  let step = new AbortController();
  let running: Promise<void> | null = null;
  let lastTicksAt: number | null = null;
  /** No requests are made until it resolves; null unless paused. */
  let paused: PromiseWithResolvers<void> | null = null;

  const check = (): void => {
    isPlanStale = true;
    step.abort();
  };

  /** Waits until the time is over or the plan is stale. */
  const wait = async (ms: number): Promise<void> => {
    if (isPlanStale || stopping.signal.aborted) return;
    step = new AbortController();
    const { signal } = step;
    await clock.sleep(ms, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  };

  const plan = async (): Promise<readonly HistoryRequest[]> => {
    const { coins, vsCurrency, pollMs } = options.watched();
    const now = clock.now();
    const covered = await store.coverage({
      coins,
      vsCurrency,
      minutesFrom: now - MINUTES_BACK_MS,
      hoursFrom: now - HOURS_BACK_MS,
      toleranceMs: toleranceMs(pollMs),
    });
    const sources = options.sources();
    return planBackfill({ now, vsCurrency, coins: covered, sources, isCircuitOpen: requester.isCircuitOpen });
  };

  /** Stores a result, however long the database is unavailable: calls are too scarce to be repeated. */
  const persist = async (result: HistoryResult): Promise<void> => {
    for (let delayMs = 0; ; ) {
      await store.whenReady(stopping.signal);
      try {
        await store.save(result);
        break;
      } catch (err) {
        stopping.signal.throwIfAborted();
        delayMs = nextDelayMs(delayMs, STORE_RETRY, random());
        log.warn({ err, delayMs }, 'history cannot be written; trying again');
        await clock.sleep(delayMs, stopping.signal);
      }
    }
    const { coinId, vsCurrency } = result.request;
    if (result.candles.length > 0) options.onHistory(coinId, vsCurrency);
  };

  /** Makes a request. Returns whether it completed. */
  const execute = async (request: HistoryRequest, source: HistorySource): Promise<boolean> => {
    step = new AbortController();
    const outcome = await requester.request(request, source, step.signal);
    if (outcome.outcome === 'circuit-open') isPlanStale = true;
    if (outcome.outcome !== 'completed') return false;
    const lengthMs = intervalLengthMs(request.interval);
    const candles = (outcome.candles ?? []).filter(({ start }) =>
      request.ranges.some(({ from, to }) => start >= from && start + lengthMs <= to),
    );
    const result = { candles, lengthMs, now: clock.now() };
    const found = outcome.candles !== null;
    if (!found) needsOtherSource = true;
    await persist({
      request,
      volumeKind: source.volumeKind,
      candles,
      covered: found ? request.ranges.flatMap((range) => coveredRange(range, result) ?? []) : request.ranges,
      found,
    });
    return true;
  };

  /** Executes a plan until it is done or stale. Returns whether any request completed. */
  const runPlan = async (requests: readonly HistoryRequest[]): Promise<boolean> => {
    const sources = new Map(options.sources().map((source) => [source.name, source]));
    const waiting = new Set(requests.filter(({ source }) => sources.has(source)));
    while (waiting.size > 0 && !isPlanStale && !stopping.signal.aborted) {
      report({ done: requests.length - waiting.size, total: requests.length });
      const request = [...waiting].find(({ source }) => requester.waitMs(source) === 0);
      const source = request && sources.get(request.source);
      if (request === undefined || source === undefined) {
        await wait(Math.min(...[...waiting].map((one) => requester.waitMs(one.source))));
      } else if (await execute(request, source)) {
        waiting.delete(request);
      }
    }
    return waiting.size < requests.length;
  };

  /** Plans and executes until nothing is missing. Returns whether any request completed. */
  const fill = async (): Promise<boolean> => {
    let hasCompleted = false;
    do {
      if (paused !== null) await unlessAborted(stopping.signal, paused.promise);
      isPlanStale = false;
      needsOtherSource = false;
      await store.whenReady(stopping.signal);
      const requests = await plan();
      if (requests.length > 0) log.info({ requests: requests.length }, 'requesting history');
      hasCompleted = (await runPlan(requests)) || hasCompleted;
    } while ((isPlanStale || needsOtherSource) && !stopping.signal.aborted);
    return hasCompleted;
  };

  const run = async (): Promise<void> => {
    let delayMs = 0;
    let soonMs = SOON_MS;
    while (!stopping.signal.aborted) {
      let waitMs = IDLE_MS;
      try {
        if (await fill()) waitMs = soonMs;
        delayMs = 0;
      } catch (err) {
        if (stopping.signal.aborted) break;
        // A request was aborted by `check`, or the database became unavailable.
        if (!isPlanStale) {
          delayMs = nextDelayMs(delayMs, STORE_RETRY, random());
          log.warn({ err, delayMs }, 'the backfill was interrupted; trying again');
        }
        waitMs = delayMs;
      }
      report(null);
      await wait(Math.min(waitMs, CIRCUIT_OPEN_MS));
      // Runs that find the same gaps again are delayed longer each time.
      soonMs = isPlanStale ? SOON_MS : Math.min(IDLE_MS, soonMs * 4);
    }
  };

  return {
    start() {
      running ??= run();
    },
    check,
    pause() {
      paused ??= Promise.withResolvers();
      check();
    },
    resume() {
      paused?.resolve();
      paused = null;
      check();
    },
    ticksReceived() {
      const now = clock.now();
      if (lastTicksAt !== null && now - lastTicksAt > toleranceMs(options.watched().pollMs)) check();
      lastTicksAt = now;
    },
    async stop() {
      stopping.abort();
      step.abort();
      await running;
    },
  };
}

/** The longest time without ticks that is not a gap: a few missed polls, or a price that did not change. */
function toleranceMs(pollMs: number): number {
  return Math.max(MIN_TOLERANCE_MS, 2.5 * pollMs);
}
