import { z } from 'zod';
import { instant, positive } from './instant.ts';

/**
 * The meaning of a candle's volume, the same for a whole series: the amount traded within the candle, in units of the coin,
 * or in the 24 hours before its end, in the quote currency.
 */
export const volumeKindSchema = z.enum(['traded', 'rolling-24h']);
export type VolumeKind = z.infer<typeof volumeKindSchema>;

export const candleSchema = z.object({
  /** Start of the bucket. */
  start: instant,
  open: positive,
  high: positive,
  low: positive,
  close: positive,
  /** See `volumeKind` of the series; null when the source has none. */
  volume: z.number().nonnegative().nullable(),
  /** 0 for a historical candle of a provider. */
  tickCount: z.number().int().nonnegative(),
});
export type Candle = Readonly<z.infer<typeof candleSchema>>;
