import { z } from 'zod';
import type { Alert } from '../../../shared/domain/alert.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Alerts of one rule for one coin within any period of its cooldown, whatever its prices do. */
const MAX_PER_COOLDOWN = 3;

/** Alerts of one rule for one coin within any hour, which spans several cooldowns. */
export function maxPerHour(cooldownMinutes: number): number {
  return MAX_PER_COOLDOWN * Math.ceil(HOUR_MS / (cooldownMinutes * MINUTE_MS));
}

/** In binary floating point, a move of exactly the threshold may come out slightly above it; that is not "more than". */
const ROUNDING_PCT = 1e-9;

/** The cooldown's record of a raised alert. */
export const raisedSchema = z.strictObject({
  id: z.string(),
  vsCurrency: z.string(),
  source: z.string(),
  observedAt: z.number(),
  price: z.number(),
  /** 1 up, -1 down, 0 without a direction. */
  side: z.number(),
});
export type Raised = Readonly<z.infer<typeof raisedSchema>>;

/** A price at which the condition of a rule holds. */
export type Candidate = Pick<Alert, 'vsCurrency' | 'source' | 'observedAt' | 'price'> & {
  /** 1 above, -1 below, 0 without a direction. */
  readonly side: number;
  /** When the condition of this source was last clearly over. */
  readonly calmAt: number;
  /** A move of more than this since the last alert justifies another alert. */
  readonly againPct: number;
  readonly cooldownMs: number;
};

/**
 * Decides which of the prices at which a rule holds become alerts. The first one does. Within the cooldown, another one does if
 * - it is on the other side, and more than the threshold away from the price of the last alert; or
 * - it is of the same source and side, and the condition was clearly over in between;
 * - and in both cases no other source has just reported the same side, and there were fewer than three alerts.
 *
 * The number of alerts is limited because prices that keep rising would satisfy any condition on moves: see `maxPerHour`. The
 * decision depends only on the times of prices and on the raised alerts, so that it is the same after a restart that restores the
 * last alerts.
 *
 * @param raised the last alerts of the rule for the coin, as `withRaised` keeps them
 */
export function admits(raised: readonly Raised[], candidate: Candidate): boolean {
  const { vsCurrency, source, observedAt, price, side, calmAt, againPct, cooldownMs } = candidate;
  const newestAt = raised.reduce((newest, one) => Math.max(newest, one.observedAt), Number.NEGATIVE_INFINITY);
  // Prices from before the cooldown of the newest alert are outdated.
  if (observedAt <= newestAt - cooldownMs) return false;
  const recent = raised.filter((one) => Math.abs(one.observedAt - observedAt) < cooldownMs);
  if (recent.length >= MAX_PER_COOLDOWN) return false;
  const comparable = recent.filter((one) => one.vsCurrency === vsCurrency);
  const last = comparable.at(-1);
  if (last === undefined) return true;
  const sameSide = comparable.findLast((one) => one.side === side);
  if (sameSide !== undefined && sameSide.source !== source) return false;
  if (last.side === side) return calmAt > last.observedAt;
  return Math.abs(price / last.price - 1) * 100 > againPct + ROUNDING_PCT;
}

/** The last alerts of a rule for a coin with another one added. A known one changes nothing. */
export function withRaised(raised: readonly Raised[], alert: Alert, cooldownMs: number): readonly Raised[] {
  if (raised.some(({ id }) => id === alert.id)) return raised;
  const { id, vsCurrency, source, observedAt, price, direction } = alert;
  const side = direction === null ? 0 : direction === 'up' ? 1 : -1;
  const all = [...raised, { id, vsCurrency, source, observedAt, price, side }];
  const newestAt = Math.max(...all.map((one) => one.observedAt));
  // Older ones have no effect: see `admits`.
  return all.filter((one) => one.observedAt > newestAt - 2 * cooldownMs);
}
