import type { Alert } from '../../../shared/domain/alert.ts';
import type { SkipReason } from '../../../shared/domain/delivery.ts';
import type { MarketMove } from '../../../shared/domain/market-move.ts';
import type { MissedAlerts } from '../../../shared/domain/quiet.ts';

/** An alert as channels receive it. */
export type RaisedAlert = Alert & {
  /** When the program raised it, in ms since the epoch; `observedAt` is the time of the price. */
  readonly raisedAt: number;
  /** The market move that all alerts of one call of `deliver` form, largest first; absent for other alerts. */
  readonly move?: MarketMove;
  /** The summary that all alerts of one call of `deliver` form, largest first; absent for other alerts. */
  readonly missed?: MissedAlerts;
};

// Resolved events are delivered like alerts: see `ResolvedAlert`. Their `raisedAt` is the time at which the alert was resolved.

/** Delivers alerts to one place outside of the program. */
export type Channel = {
  /** Names the channel's cursor and its deliveries in the outbox. Must never change. */
  readonly id: string;
  /**
   * Delivers the alerts in order, and resolves when all of them are delivered. An alert may be delivered again after a crash or a
   * failure, with the same `id`.
   *
   * @param alerts between one and `limits.batch` alerts, oldest first; a market move or a summary may have more
   * @param signal aborts when the time for this attempt is over
   * @throws DeliveryError when some of the alerts are not delivered; any other error counts as `unreachable`
   */
  deliver(alerts: readonly RaisedAlert[], signal: AbortSignal): Promise<void>;
  /** Whether people read it: nothing is delivered during quiet times, and alerts that form a market move are one message. */
  readonly isForPeople?: boolean;
  /** Whether it delivers all alerts of some minutes together. Market moves are then not reported separately. */
  readonly isDigest?: boolean;
  /** Whether it also receives resolved events. One call of `deliver` has either these or alerts. */
  readonly sendsResolved?: boolean;
  /**
   * Whether the alert is routed to this channel. Alerts that are not routed leave no record here. When absent, every alert is
   * routed.
   */
  wants?(alert: Alert): boolean;
  /** The reason not to send this alert now, or null. Called immediately before an attempt; the result is recorded. */
  skip?(alert: Alert): SkipReason | null;
  /** The path of the file that it appends to; absent for other channels. */
  readonly path?: string;
  /** Releases the channel's resources. Nothing is delivered afterwards. */
  close?(): Promise<void>;
  readonly limits?: ChannelLimits;
};

/** Limits of a channel's deliveries. Times are real milliseconds, also while the program's clock runs faster. */
export type ChannelLimits = {
  /** The maximum number of alerts in one call of `deliver`; 1 when absent. */
  readonly batch?: number;
  /** Alerts that come within this time of the first are delivered together; 0 when absent. */
  readonly gatherMs?: number;
  /** How long an attempt may take before it counts as failed; 30 seconds when absent. */
  readonly timeoutMs?: number;
  /** An alert that waits longer than this is skipped as `too-old`; never when absent. */
  readonly maxAgeMs?: number;
  /** An alert that cannot be delivered for this long becomes a dead letter; 24 hours when absent. */
  readonly deadAfterMs?: number;
  /** At most `burst` attempts immediately, and one more every `everyMs`; no limit when absent. */
  readonly rate?: RateLimit;
};

export type RateLimit = { readonly burst: number; readonly everyMs: number };
