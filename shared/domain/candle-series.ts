import { z } from 'zod';
import { candleSchema, volumeKindSchema } from './candle.ts';
import { intervalSchema } from './interval.ts';

/** Candles of one coin, currency and interval. */
export const candleSeriesSchema = z.object({
  coinId: z.string(),
  vsCurrency: z.string(),
  interval: intervalSchema,
  volumeKind: volumeKindSchema.nullable(),
  /** Oldest first. Buckets without a tick and without history are absent: a gap is a gap. */
  candles: z.array(candleSchema).readonly(),
});
export type CandleSeries = Readonly<z.infer<typeof candleSeriesSchema>>;
