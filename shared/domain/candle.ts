import { z } from 'zod';
import { instant, positive } from './instant.ts';

/**
 * What the volume of a candle means, never mixed in one series: what was traded within it, in units of the coin, or in the
 * 24 hours before its end, in the quote currency.
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
  /** See `volumeKind` of the series; null where the source gave none. */
  volume: z.number().nonnegative().nullable(),
  /** 0 for a candle that is a provider's history, for a time that was not measured. */
  tickCount: z.number().int().nonnegative(),
});
export type Candle = Readonly<z.infer<typeof candleSchema>>;
