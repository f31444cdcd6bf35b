import { z } from 'zod';
import { alertSchema } from './alert.ts';

/** A mark carries so many alerts at most; years of alerts are then no more than the candles that they belong to. */
export const MOST_IN_MARK = 5;

/** The alerts of one candle that point in the same direction, as a chart marks them. */
export const alertMarkSchema = z.object({
  /** Oldest first. Where there are more than it carries, the first ones of as many rules as possible. */
  alerts: z.array(alertSchema).min(1).max(MOST_IN_MARK).readonly(),
  /** How many there are. */
  count: z.number().int().min(1),
});
export type AlertMark = Readonly<z.infer<typeof alertMarkSchema>>;
