import { type Interval, intervalLengthMs, isOfDays } from '../../../../shared/domain/interval.ts';

/** Where measured candles are stored, by the interval that they have. */
export type CandleTable = 'series_candles_1m' | 'series_candles_1h' | 'series_candles_1d';

/** The coarsest stored candles that the interval is a multiple of. */
export function tableOf(interval: Interval): CandleTable {
  if (isOfDays(interval)) return 'series_candles_1d';
  return intervalLengthMs(interval) % intervalLengthMs('1h') === 0
    ? 'series_candles_1h'
    : 'series_candles_1m';
}

/** Whether candles of this interval are computed from those of minutes. */
export function isOfMinutes(interval: Interval): boolean {
  return tableOf(interval) === 'series_candles_1m';
}

/** A text of each table. */
export function eachTable(textOf: (table: CandleTable) => string): Readonly<Record<CandleTable, string>> {
  return {
    series_candles_1m: textOf('series_candles_1m'),
    series_candles_1h: textOf('series_candles_1h'),
    series_candles_1d: textOf('series_candles_1d'),
  };
}
