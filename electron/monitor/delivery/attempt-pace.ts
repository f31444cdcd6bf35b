import type { ChannelFailure } from '../../../shared/domain/delivery.ts';
import { nextDelayMs } from '../time/backoff.ts';
import type { Clock } from '../time/clock.ts';
import type { DeliveryError } from './delivery-error.ts';

const SECOND_MS = 1_000;

const RETRY = { baseMs: SECOND_MS, capMs: 60 * SECOND_MS };
/** The longest wait, also when a channel requests more: its value may be wrong, and alerts become dead letters after a day. */
const MAX_WAIT_MS = 6 * 3_600_000;

/** The result of a channel's recent attempts, and when the next one is due. */
export type AttemptPace = {
  /** The current failure of the channel; null while attempts succeed. */
  failure(): ChannelFailure | null;
  /** From the last failed attempt to the next one, in the clock's time. */
  retryMs(): number;
  lastDeliveredAt(): number | null;
  failed(error: DeliveryError): void;
  /** Returns whether this ends a failure. */
  succeeded(): boolean;
};

/** @param random in [0, 1); spreads retries */
export function createAttemptPace(clock: Clock, random: () => number): AttemptPace {
  let failure: ChannelFailure | null = null;
  let delayMs = 0;
  let retryMs = 0;
  let lastDeliveredAt: number | null = null;
  return {
    failure: () => failure,
    retryMs: () => retryMs,
    lastDeliveredAt: () => lastDeliveredAt,
    failed({ kind, content, retryAfterMs }) {
      delayMs = nextDelayMs(delayMs, RETRY, random());
      // The outside world does not run faster with the program's clock.
      retryMs = Math.max(delayMs, Math.min(retryAfterMs, MAX_WAIT_MS) * clock.speed);
      const now = clock.now();
      failure = {
        kind,
        message: content,
        attempts: (failure?.attempts ?? 0) + 1,
        since: failure?.since ?? now,
        retryAt: now + retryMs,
      };
    },
    succeeded() {
      const isOver = failure !== null;
      failure = null;
      delayMs = 0;
      lastDeliveredAt = clock.now();
      return isOver;
    },
  };
}
