import { type Interval, intervalLengthMs, isOfDays } from '../../../../shared/domain/interval.ts';

/** The tables of measured candles, one for each stored interval. */
export type CandleTable = 'series_candles_1m' | 'series_candles_1h' | 'series_candles_1d';

/** The length of the candles of each table. */
export const INTERVAL_OF = {
  series_candles_1m: '1m',
  series_candles_1h: '1h',
  series_candles_1d: '1d',
} as const satisfies Readonly<Record<CandleTable, Interval>>;

/** The coarsest stored candles that the interval is a multiple of. */
export function tableOf(interval: Interval): CandleTable {
  if (isOfDays(interval)) return 'series_candles_1d';
  return intervalLengthMs(interval) % intervalLengthMs('1h') === 0
    ? 'series_candles_1h'
    : 'series_candles_1m';
}

/** Whether candles of this interval are computed from minute candles. */
export function isOfMinutes(interval: Interval): boolean {
  return tableOf(interval) === 'series_candles_1m';
}

/** Builds a text for each table. */
export function eachTable(textOf: (table: CandleTable) => string): Readonly<Record<CandleTable, string>> {
  return {
    series_candles_1m: textOf('series_candles_1m'),
    series_candles_1h: textOf('series_candles_1h'),
    series_candles_1d: textOf('series_candles_1d'),
  };
}
