import { z } from 'zod';
import type { Interval } from './interval.ts';

/** A position in the list of alerts, newest first. */
export const alertCursorSchema = z.object({ observedAt: z.number().int(), id: z.string() });
export type AlertCursor = Readonly<z.infer<typeof alertCursorSchema>>;

/** The newest alerts, or those after a position. */
export type AlertQuery = { readonly limit: number; readonly before?: AlertCursor | undefined };

/** The alerts of a coin in a time range, `to` exclusive, reduced to what candles of an interval can show. */
export type AlertRange = {
  readonly coinId: string;
  readonly vsCurrency: string;
  readonly interval: Interval;
  readonly from: number;
  readonly to: number;
};
