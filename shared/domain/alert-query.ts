import { z } from 'zod';
import { type Alert, directionSchema, severitySchema } from './alert.ts';
import type { Interval } from './interval.ts';

/** A position in the list of alerts, newest first. */
export const alertCursorSchema = z.object({ observedAt: z.number().int(), id: z.string() });
export type AlertCursor = Readonly<z.infer<typeof alertCursorSchema>>;

/** The filter of a list of alerts; an absent field matches everything. */
export const alertFilterSchema = z.strictObject({
  coinId: z.string().min(1).max(100).optional(),
  /** The rule's id. */
  rule: z.string().min(1).max(100).optional(),
  severity: severitySchema.optional(),
  direction: directionSchema.optional(),
  /** True for inhibited alerts only, false for those that are not inhibited. */
  isInhibited: z.boolean().optional(),
  from: z.number().int().optional(),
  /** Exclusive. */
  to: z.number().int().optional(),
});
export type AlertFilter = Readonly<z.infer<typeof alertFilterSchema>>;

/** A request for the newest alerts that match the filter, or for those after a position. */
export type AlertQuery = {
  readonly limit: number;
  readonly before?: AlertCursor | undefined;
  readonly filter?: AlertFilter | undefined;
};

/** Whether an alert matches the filter. */
export function matchesFilter(alert: Alert, filter: AlertFilter): boolean {
  const { coinId, rule, severity, direction, isInhibited, from, to } = filter;
  return (
    (coinId === undefined || alert.coinId === coinId) &&
    (rule === undefined || alert.rule === rule) &&
    (severity === undefined || alert.severity === severity) &&
    (direction === undefined || alert.direction === direction) &&
    (isInhibited === undefined || (alert.inhibitedBy !== undefined) === isInhibited) &&
    (from === undefined || alert.observedAt >= from) &&
    (to === undefined || alert.observedAt < to)
  );
}

/** A request for the alerts of a coin in a time range, `to` exclusive, grouped by the candles of an interval. */
export type AlertRange = {
  readonly coinId: string;
  readonly vsCurrency: string;
  readonly interval: Interval;
  readonly from: number;
  readonly to: number;
};
