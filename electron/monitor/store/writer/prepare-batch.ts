import { setImmediate as turn } from 'node:timers/promises';
import type { Alert } from '../../../../shared/domain/alert.ts';
import type { LogBatch } from '../../log/tick-log.ts';
import type { Series, SeriesIds } from '../series/series-ids.ts';
import { type SeriesTick, seriesTicks } from '../series/series-ticks.ts';
import { encodeTicks } from './encode-ticks.ts';
import { type FoldedCandle, foldCandles, foldHours } from './fold-candles.ts';
import { encodeCandles } from './write-candles.ts';

/** The content of one transaction, prepared as far as possible without the database. */
export type PreparedBatch = {
  /** Sorted by their key, and distinct. */
  readonly ticks: readonly SeriesTick[];
  readonly encodedTicks: Buffer;
  /** Candles that are not in the table, provided that no other program writes these series. */
  readonly encodedNewCandles: Buffer | null;
  /** Candles that may already be in the table. */
  readonly otherCandles: readonly FoldedCandle[];
  readonly hours: readonly FoldedCandle[];
  readonly series: readonly Series[];
  readonly alerts: readonly Alert[];
};

/**
 * Sorts, encodes and folds batches whose series are loaded. Each of these steps takes a few milliseconds for ten thousand ticks;
 * other work can run between the steps.
 */
export async function prepareBatch(
  batches: readonly LogBatch[],
  ids: Pick<SeriesIds, 'of'>,
): Promise<PreparedBatch> {
  const ticks = seriesTicks(
    batches.flatMap((batch) => batch.ticks),
    ids.of,
  );
  await turn();
  const encodedTicks = encodeTicks(ticks);
  await turn();
  const candles = foldCandles(ticks);
  await turn();
  const newCandles = candles.filter(({ series, bucket }) => bucket > series.newestMinute);
  const otherCandles = candles.filter(({ series, bucket }) => bucket <= series.newestMinute);
  // Sorted by series and time. If this batch fails, its candles are later treated as possibly existing, which is harmless.
  for (const { series, bucket } of newCandles) series.newestMinute = bucket;
  return {
    ticks,
    encodedTicks,
    encodedNewCandles: newCandles.length === 0 ? null : encodeCandles(newCandles),
    otherCandles,
    hours: foldHours(candles),
    series: [...new Set(candles.map(({ series }) => series))],
    alerts: batches.flatMap((batch) => batch.alerts),
  };
}
