import type { Alert } from '../../../shared/domain/alert.ts';
import type { SkipReason } from '../../../shared/domain/delivery.ts';
import type { MarketMove } from '../../../shared/domain/market-move.ts';
import type { MissedAlerts } from '../../../shared/domain/quiet.ts';

/** An alert as channels get it. */
export type RaisedAlert = Alert & {
  /** When the program raised it, in ms since the epoch; `observedAt` is the time of the price. */
  readonly raisedAt: number;
  /** The move of the market that all alerts of one call of `deliver` are, largest first; absent where they are none. */
  readonly move?: MarketMove;
  /** The summary that all alerts of one call of `deliver` are, largest first; absent where they are none. */
  readonly missed?: MissedAlerts;
};

// An event that an alert was resolved is delivered as any alert: see `ResolvedAlert`. Its `raisedAt` is when it was resolved.

/** Delivers alerts to one place outside of the program. */
export type Channel = {
  /** Names the channel's cursor and its deliveries in the outbox. It must never change. */
  readonly id: string;
  /**
   * Delivers the alerts, in their order, and resolves when all of them are delivered. An alert may come again after a crash
   * or a failure, with the same `id`.
   *
   * @param alerts between one and `limits.batch` alerts, oldest first; a market move or a summary has as many as there are
   * @param signal aborts when the time for this attempt is over
   * @throws DeliveryError when some of the alerts are not delivered; any other error counts as `unreachable`
   */
  deliver(alerts: readonly RaisedAlert[], signal: AbortSignal): Promise<void>;
  /** Whether people read it: it is quiet while they want that, and alerts that are a move of the market are one message. */
  readonly isForPeople?: boolean;
  /** Whether it delivers all alerts of some minutes together anyway. Then a move of the market is not told apart. */
  readonly isDigest?: boolean;
  /** Whether it also wants the events that alerts were resolved. One call of `deliver` has either these or alerts. */
  readonly sendsResolved?: boolean;
  /** Whether the alert is routed to this channel. One that is not leaves no trace here. Every alert is, when absent. */
  wants?(alert: Alert): boolean;
  /** Why this alert is not to be sent now, or null. It is asked just before an attempt, and the answer is recorded. */
  skip?(alert: Alert): SkipReason | null;
  /** Releases what the channel holds. Nothing is delivered afterwards. */
  close?(): Promise<void>;
  readonly limits?: ChannelLimits;
};

/** How a channel wants its alerts. Times are real milliseconds, also while the program's clock runs faster. */
export type ChannelLimits = {
  /** The most alerts in one call of `deliver`; 1 when absent. */
  readonly batch?: number;
  /** Alerts that come within this time of the first are delivered together; 0 when absent. */
  readonly gatherMs?: number;
  /** How long an attempt may take before it counts as failed; 30 seconds when absent. */
  readonly timeoutMs?: number;
  /** An alert that waits longer than this is skipped as `too-old`; never when absent. */
  readonly maxAgeMs?: number;
  /** An alert that cannot be delivered for this long becomes a dead letter; 24 hours when absent. */
  readonly deadAfterMs?: number;
  /** At most `burst` attempts at once, and one more every `everyMs`; no limit when absent. */
  readonly rate?: RateLimit;
};

export type RateLimit = { readonly burst: number; readonly everyMs: number };
