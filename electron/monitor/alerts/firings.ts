import { z } from 'zod';
import { type Alert, alertSchema, type ResolvedAlert, resolvedId } from '../../../shared/domain/alert.ts';
import { type EndReason, type Extreme, extremeSchema } from '../../../shared/domain/resolution.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import { DOWN, type Figures, UP } from './rules/rule-kind.ts';

/** A firing as it is saved. */
export const firingSchema = z.strictObject({
  /** The rule's id. */
  rule: z.string(),
  /** The rule's fingerprint when it fired: a different rule does not continue the firing. */
  fingerprint: z.string(),
  vsCurrency: z.string(),
  /** Empty for a rule that sees the coin as a whole. */
  source: z.string(),
  /** 1 up, -1 down, 3 without a direction. */
  side: z.number(),
  /** What was raised while it went on. */
  alerts: z.array(alertSchema).readonly(),
  extreme: extremeSchema,
});

/** A firing of a rule for a coin: the rule has raised an alert on a track, and its condition was not clearly over since. */
export type Firing = Readonly<z.infer<typeof firingSchema>>;

/** A firing with one alert. */
export function firingOf(alert: Alert, own: Pick<Firing, 'fingerprint' | 'source' | 'side'>): Firing {
  const { rule, vsCurrency, price, observedAt, figures } = alert;
  const extreme = { price, observedAt, figures };
  return { rule, vsCurrency, ...own, alerts: [alert], extreme };
}

/** A tick as the extreme of a firing, with those of its figures that are known: after a gap there may be no average. */
export function extremeOf({ price, observedAt }: Tick, figures: Figures): Extreme {
  const known = Object.entries(figures).filter(([, value]) => Number.isFinite(value));
  return { price, observedAt, figures: Object.fromEntries(known) };
}

/** Whether a price is further in the direction of a firing than any before; never if it has no direction. */
export function isBeyond({ side, extreme }: Firing, price: number): boolean {
  return side === UP ? price > extreme.price : side === DOWN && price < extreme.price;
}

/** The resolved events for the alerts of a firing, with the tick that ended it. */
export function resolved(
  { alerts, extreme }: Firing,
  { observedAt }: Pick<Tick, 'observedAt'>,
  reason: EndReason,
): readonly ResolvedAlert[] {
  return alerts.map((alert) => ({
    ...alert,
    id: resolvedId(alert.id),
    resolution: { alertId: alert.id, resolvedAt: observedAt, reason, extreme },
  }));
}

/** A firing without the alert with this id; null when it was the only one. */
export function withoutAlert(firing: Firing, alertId: string): Firing | null {
  const alerts = firing.alerts.filter(({ id }) => id !== alertId);
  return alerts.length === 0 ? null : { ...firing, alerts };
}
