import {
  BrokenCircuitError,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  IterableBackoff,
  TimeoutStrategy,
  timeout,
} from 'cockatiel';
import { retryAfterMs } from '../../network/retry-after.ts';
import { wasNeverSent } from '../../network/root-cause.ts';
import type { Clock } from '../../time/clock.ts';
import type { CallBudget } from '../budget/call-budget.ts';
import { FeedError } from '../price-source.ts';
import { kindOfCall } from './coingecko-url.ts';

type Fetch = typeof globalThis.fetch;

/** Puts every request of a `fetch` through the budget and the failure policy. */
export type RequestGate = (fetch: Fetch) => Fetch;

export type RequestGateOptions = {
  readonly budget: Pick<CallBudget, 'tryTake' | 'giveBack'>;
  /** The budget's clock; the breaker and the time limit run on real time. */
  readonly clock: Clock;
  /** Longest time for one attempt, in real milliseconds. 10 s when absent. */
  readonly timeoutMs?: number;
};

const DEFAULT_TIMEOUT_MS = 10_000;
/** This many failures in a row open the circuit. */
const FAILURES_TO_OPEN = 3;
/** How long it stays open before one call is let through to look: longer each time that it fails again. */
const HALF_OPEN_AFTER_MS = [15_000, 30_000, 60_000, 120_000, 300_000] as const;
/** Without a `Retry-After` after a 429. */
const USUAL_WAIT_MS = 60_000;
/** A `Retry-After` of more is a mistake. */
const LONGEST_WAIT_MS = 3_600_000;

/**
 * The way of a request:
 * - a call that the budget refuses is not made: `FeedError` `rate-limited` with the time to wait;
 * - a call that certainly never left this machine is given back to the month;
 * - every attempt has a time limit over headers and body;
 * - a price needs no more: when to try again after a failure is the poller's to decide;
 * - everything else is refused while a 429 asks for a pause, and sits behind a circuit breaker. After three failures in a
 *   row (no connection, no answer in time, 5xx) calls are refused at once with `unreachable`, and one at a time is let
 *   through to see whether the provider is back.
 */
export function createRequestGate({ budget, clock, timeoutMs }: RequestGateOptions): RequestGate {
  const attempt = timeout(timeoutMs ?? DEFAULT_TIMEOUT_MS, {
    strategy: TimeoutStrategy.Aggressive,
    abortOnReturn: false,
  });
  const breaker = circuitBreaker(
    handleWhen(isOutage).orWhenResult((result) => result instanceof Response && result.status >= 500),
    {
      breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
      halfOpenAfter: new IterableBackoff([...HALF_OPEN_AFTER_MS]),
    },
  );
  let quietUntil = 0;

  const take = (url: string): void => {
    const admission = budget.tryTake(kindOfCall(url));
    if (admission.ok) return;
    throw new FeedError('rate-limited', `a call to CoinGecko was not made: ${admission.reason}`, {
      retryAfterMs: Math.max(0, admission.retryAt - clock.now()),
    });
  };

  const noteLimit = (response: Response): Response => {
    if (response.status === 429) {
      quietUntil = clock.now() + (retryAfterMs(response.headers, clock.now()) ?? USUAL_WAIT_MS);
    }
    return response;
  };

  const makeCall = async (
    fetch: Fetch,
    url: string,
    ...[input, init]: Parameters<Fetch>
  ): Promise<Response> => {
    take(url);
    try {
      return noteLimit(
        await attempt.execute(({ signal }) => fetch(input, { ...init, signal }), init?.signal ?? undefined),
      );
    } catch (error) {
      // A caller that gives up is no fault of the provider, and looks like a time limit that ran out.
      init?.signal?.throwIfAborted();
      if (wasNeverSent(error)) budget.giveBack(kindOfCall(url));
      throw error;
    }
  };

  return (fetch) =>
    async (...args) => {
      const [input] = args;
      const url = input instanceof Request ? input.url : String(input);
      if (kindOfCall(url) === 'price') return makeCall(fetch, url, ...args);
      // Also when the clock was set back meanwhile.
      quietUntil = Math.min(quietUntil, clock.now() + LONGEST_WAIT_MS);
      const waitMs = quietUntil - clock.now();
      if (waitMs > 0) {
        throw new FeedError('rate-limited', 'CoinGecko asked for a pause', { retryAfterMs: waitMs });
      }
      try {
        // The budget is asked inside, so that a call that the breaker refuses costs nothing.
        return await breaker.execute(() => makeCall(fetch, url, ...args));
      } catch (error) {
        if (!(error instanceof BrokenCircuitError)) throw error;
        throw new FeedError(
          'unreachable',
          'CoinGecko failed several times in a row and is not asked for a while',
          {
            cause: error,
            retryAfterMs: HALF_OPEN_AFTER_MS[0],
          },
        );
      }
    };
}

/** A failure of the provider or of the way to it; what the budget refuses, or the caller ends, is none. */
function isOutage(error: unknown): boolean {
  if (error instanceof FeedError) return error.kind === 'bad-answer' || error.kind === 'unreachable';
  return !(error instanceof Error && error.name === 'AbortError');
}
