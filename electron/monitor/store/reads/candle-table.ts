/** Where measured candles are stored, by the interval that they have. */
export type CandleTable = 'series_candles_1m' | 'series_candles_1h' | 'series_candles_1d';
