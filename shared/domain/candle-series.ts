import { z } from 'zod';
import { candleSchema, volumeKindSchema } from './candle.ts';
import { intervalSchema } from './interval.ts';
import { sourceSinceSchema } from './source-since.ts';

/** Candles of one coin, currency and interval. */
export const candleSeriesSchema = z.object({
  coinId: z.string(),
  vsCurrency: z.string(),
  interval: intervalSchema,
  volumeKind: volumeKindSchema.nullable(),
  /** Oldest first. Buckets without ticks or history are absent; gaps are not filled. */
  candles: z.array(candleSchema).readonly(),
  /** The sources of the candles' prices; the first entry is the source of the first candle. */
  sources: z.array(sourceSinceSchema).readonly(),
});
export type CandleSeries = Readonly<z.infer<typeof candleSeriesSchema>>;
