import { intervalLengthMs } from '../../../../shared/domain/interval.ts';
import { unlessAborted } from '../../async/unless-aborted.ts';
import type { HistoryAnswer, HistoryStore } from '../../history/history-store.ts';
import type { Logger } from '../../logging/logger.ts';
import { nextDelayMs } from '../../time/backoff.ts';
import type { Clock } from '../../time/clock.ts';
import { AVOIDED_MS, createSourceAsker } from './ask-source.ts';
import type { HistorySource } from './history-source.ts';
import { type HistoryRequest, HOURS_BACK_MS, MINUTES_BACK_MS, planBackfill } from './plan-backfill.ts';
import { settledRange } from './settled-range.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** After a run that brought something: by then the provider has the candles that it lacked at the newest end. */
const SOON_MS = 15 * MINUTE_MS;
/** While there is nothing to do. Gaps are told of, so this only finds what was missed. */
const IDLE_MS = 6 * HOUR_MS;
const STORE_RETRY = { baseMs: SECOND_MS, capMs: MINUTE_MS };
/** However often prices are asked for. */
const LEAST_TOLERANCE_MS = 10 * MINUTE_MS;

/** Requests of a run. */
export type BackfillProgress = { readonly done: number; readonly total: number };

/** Fills what was not measured with candles of providers, in the background, from `start` to `stop`. */
export type Backfill = {
  start(): void;
  /** Coins changed: looks at once for what is missing. */
  check(): void;
  /** Asks for nothing until `resume`; a call that is under way is dropped. */
  pause(): void;
  /** Goes on, with another look at what is missing. */
  resume(): void;
  /** Prices came. After a pause (sleep, an outage) this looks for the gap that it left. */
  heard(): void;
  stop(): Promise<void>;
};

export type BackfillOptions = {
  /** The first that has a candle gives it. */
  readonly sources: () => readonly HistorySource[];
  readonly store: HistoryStore;
  readonly watched: () => {
    readonly coins: readonly string[];
    readonly vsCurrency: string;
    /** Between two requests for prices. */
    readonly pollMs: number;
  };
  readonly clock: Clock;
  /** A number in [0, 1), for the jitter of delays. */
  readonly random: () => number;
  readonly log: Logger;
  /** New candles of a coin were stored. */
  readonly onHistory: (coinId: string, vsCurrency: string) => void;
  /** Called with the progress; null while there is nothing to fill. */
  readonly report: (progress: BackfillProgress | null) => void;
};

/**
 * One request after the other. What is left to do is not kept anywhere: it follows from what is stored, so that a run
 * which ends in the middle (a crash, other coins) goes on with the next plan, and no answer is asked for twice.
 */
export function createBackfill(options: BackfillOptions): Backfill {
  const { store, clock, random, log, report } = options;
  const stopping = new AbortController();
  const asker = createSourceAsker({ clock, random, log });
  let isPlanOld = false;
  /** A source does not have a coin: the next plan asks another. */
  let isLeftToOthers = false;
  /** Ends the call or the pause that is going on. Each has its own: listeners stay on a signal for all of its life. */
  let step = new AbortController();
  let running: Promise<void> | null = null;
  let heardAt: number | null = null;
  /** Nothing is asked for until it resolves. */
  let held: PromiseWithResolvers<void> | null = null;

  const check = (): void => {
    isPlanOld = true;
    step.abort();
  };

  /** Waits until the time is over, or until there is reason to look again. */
  const rest = async (ms: number): Promise<void> => {
    if (isPlanOld || stopping.signal.aborted) return;
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
    return planBackfill({ now, vsCurrency, coins: covered, sources, isAvoided: asker.isAvoided });
  };

  /** Stores an answer, however long the database is away: calls are too scarce to be made twice. */
  const keep = async (answer: HistoryAnswer): Promise<void> => {
    for (let delayMs = 0; ; ) {
      await store.whenReady(stopping.signal);
      try {
        await store.save(answer);
        break;
      } catch (err) {
        stopping.signal.throwIfAborted();
        delayMs = nextDelayMs(delayMs, STORE_RETRY, random());
        log.warn({ err, delayMs }, 'history cannot be written; trying again');
        await clock.sleep(delayMs, stopping.signal);
      }
    }
    const { coinId, vsCurrency } = answer.request;
    if (answer.candles.length > 0) options.onHistory(coinId, vsCurrency);
  };

  /** Makes a request. True when it is answered. */
  const make = async (request: HistoryRequest, source: HistorySource): Promise<boolean> => {
    step = new AbortController();
    const asked = await asker.ask(request, source, step.signal);
    if (asked.outcome === 'avoided') isPlanOld = true;
    if (asked.outcome !== 'answered') return false;
    const lengthMs = intervalLengthMs(request.interval);
    const candles = (asked.candles ?? []).filter(({ start }) =>
      request.stretches.some(({ from, to }) => start >= from && start + lengthMs <= to),
    );
    const answer = { candles, lengthMs, now: clock.now() };
    const found = asked.candles !== null;
    if (!found) isLeftToOthers = true;
    await keep({
      request,
      volumeKind: source.volumeKind,
      candles,
      settled: found
        ? request.stretches.flatMap((stretch) => settledRange(stretch, answer) ?? [])
        : request.stretches,
      found,
    });
    return true;
  };

  /** Works a plan off, or until there is reason for another. True when anything was answered. */
  const work = async (requests: readonly HistoryRequest[]): Promise<boolean> => {
    const sources = new Map(options.sources().map((source) => [source.name, source]));
    const waiting = new Set(requests.filter(({ source }) => sources.has(source)));
    while (waiting.size > 0 && !isPlanOld && !stopping.signal.aborted) {
      report({ done: requests.length - waiting.size, total: requests.length });
      const request = [...waiting].find(({ source }) => asker.waitMs(source) === 0);
      const source = request && sources.get(request.source);
      if (request === undefined || source === undefined) {
        await rest(Math.min(...[...waiting].map((one) => asker.waitMs(one.source))));
      } else if (await make(request, source)) {
        waiting.delete(request);
      }
    }
    return waiting.size < requests.length;
  };

  /** Plans and works until there is nothing left to ask. True when anything was answered. */
  const fill = async (): Promise<boolean> => {
    let isAnswered = false;
    do {
      if (held !== null) await unlessAborted(stopping.signal, held.promise);
      isPlanOld = false;
      isLeftToOthers = false;
      await store.whenReady(stopping.signal);
      const requests = await plan();
      if (requests.length > 0) log.info({ requests: requests.length }, 'asking for history');
      isAnswered = (await work(requests)) || isAnswered;
    } while ((isPlanOld || isLeftToOthers) && !stopping.signal.aborted);
    return isAnswered;
  };

  const run = async (): Promise<void> => {
    let delayMs = 0;
    let soonMs = SOON_MS;
    while (!stopping.signal.aborted) {
      let restMs = IDLE_MS;
      try {
        if (await fill()) restMs = soonMs;
        delayMs = 0;
      } catch (err) {
        if (stopping.signal.aborted) break;
        // A call that `check` ended, or a database that went away in the middle.
        if (!isPlanOld) {
          delayMs = nextDelayMs(delayMs, STORE_RETRY, random());
          log.warn({ err, delayMs }, 'filling the past was interrupted; trying again');
        }
        restMs = delayMs;
      }
      report(null);
      await rest(Math.min(restMs, AVOIDED_MS));
      // A run that only repeats itself comes later each time.
      soonMs = isPlanOld ? SOON_MS : Math.min(IDLE_MS, soonMs * 4);
    }
  };

  return {
    start() {
      running ??= run();
    },
    check,
    pause() {
      held ??= Promise.withResolvers();
      check();
    },
    resume() {
      held?.resolve();
      held = null;
      check();
    },
    heard() {
      const now = clock.now();
      if (heardAt !== null && now - heardAt > toleranceMs(options.watched().pollMs)) check();
      heardAt = now;
    },
    async stop() {
      stopping.abort();
      step.abort();
      await running;
    },
  };
}

/** The longest time without prices that is not a gap: a few polls, or a price that stands still. */
function toleranceMs(pollMs: number): number {
  return Math.max(LEAST_TOLERANCE_MS, 2.5 * pollMs);
}
