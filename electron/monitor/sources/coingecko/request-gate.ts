import {
  BrokenCircuitError,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  IterableBackoff,
  TimeoutStrategy,
  timeout,
} from 'cockatiel';
import { message } from '../../../../shared/messages/message.ts';
import { retryAfterMs } from '../../network/retry-after.ts';
import { wasNeverSent } from '../../network/root-cause.ts';
import type { Clock } from '../../time/clock.ts';
import type { CallBudget } from '../budget/call-budget.ts';
import { FeedError } from '../price-source.ts';
import { callKindOf } from './coingecko-url.ts';

type Fetch = typeof globalThis.fetch;

/** Applies the call budget and the failure policy to every request of a `fetch`. */
export type RequestGate = (fetch: Fetch) => Fetch;

export type RequestGateOptions = {
  readonly budget: Pick<CallBudget, 'tryAcquire' | 'refund'>;
  /** The budget's clock; the circuit breaker and the timeout run on real time. */
  readonly clock: Clock;
  /** Timeout of one attempt, in real milliseconds; 10 s by default. */
  readonly timeoutMs?: number;
};

const DEFAULT_TIMEOUT_MS = 10_000;
/** Consecutive failures that open the circuit. */
const FAILURES_TO_OPEN = 3;
/** How long the circuit stays open before a probe; longer after each failed probe. */
const HALF_OPEN_AFTER_MS = [15_000, 30_000, 60_000, 120_000, 300_000] as const;
/** Pause after a 429 without `Retry-After`. */
const DEFAULT_WAIT_MS = 60_000;
/** Longer values of `Retry-After` are regarded as mistakes. */
const MAX_WAIT_MS = 3_600_000;

/**
 * Creates the gate. For every request:
 * - a call that the budget refuses is not made, and fails as `rate-limited` with the time to wait;
 * - a call that was certainly never sent is refunded to the month;
 * - every attempt has a timeout that covers headers and body;
 * - for prices that is all: the poller decides when to retry after a failure;
 * - all other calls are refused during the pause after a 429, and pass a circuit breaker. After three consecutive
 *   failures (no connection, timeout, 5xx) they fail immediately as `unreachable`, until a single probe succeeds.
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
  let pausedUntil = 0;

  const acquireCall = (url: string): void => {
    const admission = budget.tryAcquire(callKindOf(url));
    if (admission.ok) return;
    throw new FeedError('rate-limited', message('coingecko.not-called', { reason: admission.reason }), {
      retryAfterMs: Math.max(0, admission.retryAt - clock.now()),
    });
  };

  const notePause = (response: Response): Response => {
    if (response.status === 429) {
      pausedUntil = clock.now() + (retryAfterMs(response.headers, clock.now()) ?? DEFAULT_WAIT_MS);
    }
    return response;
  };

  const makeCall = async (
    fetch: Fetch,
    url: string,
    ...[input, init]: Parameters<Fetch>
  ): Promise<Response> => {
    acquireCall(url);
    try {
      return notePause(
        await attempt.execute(({ signal }) => fetch(input, { ...init, signal }), init?.signal ?? undefined),
      );
    } catch (error) {
      // An abort by the caller is not a failure of the provider; it would look like a timeout.
      init?.signal?.throwIfAborted();
      if (wasNeverSent(error)) budget.refund(callKindOf(url));
      throw error;
    }
  };

  return (fetch) =>
    async (...args) => {
      const [input] = args;
      const url = input instanceof Request ? input.url : String(input);
      if (callKindOf(url) === 'price') return makeCall(fetch, url, ...args);
      // Bounds the pause in case the clock was set back.
      pausedUntil = Math.min(pausedUntil, clock.now() + MAX_WAIT_MS);
      const waitMs = pausedUntil - clock.now();
      if (waitMs > 0) {
        throw new FeedError('rate-limited', message('coingecko.pause'), { retryAfterMs: waitMs });
      }
      try {
        // The budget is checked inside the breaker, so that refused calls are not counted.
        return await breaker.execute(() => makeCall(fetch, url, ...args));
      } catch (error) {
        if (!(error instanceof BrokenCircuitError)) throw error;
        throw new FeedError('unreachable', message('coingecko.circuit-open'), {
          cause: error,
          retryAfterMs: HALF_OPEN_AFTER_MS[0],
        });
      }
    };
}

/**
 * Whether an error is a failure of the provider or the network, rather than a refusal by the budget or an abort by
 * the caller.
 */
function isOutage(error: unknown): boolean {
  if (error instanceof FeedError) return error.kind === 'bad-answer' || error.kind === 'unreachable';
  return !(error instanceof Error && error.name === 'AbortError');
}
