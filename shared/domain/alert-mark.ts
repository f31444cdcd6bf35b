import { z } from 'zod';
import { alertSchema } from './alert.ts';

/** The maximum number of alerts in a mark, which bounds the size of a response by the number of candles. */
export const MAX_IN_MARK = 5;

/** The alerts of one candle that point in the same direction, as a chart marks them. */
export const alertMarkSchema = z.object({
  /** Oldest first. If there are more than `MAX_IN_MARK`, the first alerts of as many rules as possible. */
  alerts: z.array(alertSchema).min(1).max(MAX_IN_MARK).readonly(),
  /** The number of all alerts of the candle and direction. */
  count: z.number().int().min(1),
});
export type AlertMark = Readonly<z.infer<typeof alertMarkSchema>>;
