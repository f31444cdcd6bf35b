import type { LiveFeature } from '../api/live-updates.ts';
import { outdate } from '../api/outdate.ts';
import { ALERT_MARKS_KEY } from './alert-marks.ts';
import { CANDLES_KEY } from './candle-query.ts';
import { foldUpdate } from './live-candles.ts';

/** Candles of coins that are compared with the chart's own. */
export const COMPARED_KEY = ['compared-candles'] as const;

/** Folds new prices into the candles on screen, and has candles and marks fetched again when there are others. */
export const liveChart: LiveFeature = ({ queryClient, client, onDatabaseReady }) => {
  client.on('prices', (updates) => {
    for (const update of updates) foldUpdate(queryClient, update);
  });
  client.on('alert', ({ coinId }) => {
    outdate(queryClient, [...ALERT_MARKS_KEY, coinId]);
  });
  client.on('history', ({ coinId, vsCurrency }) => {
    outdate(queryClient, [...CANDLES_KEY, coinId, vsCurrency]);
  });
  onDatabaseReady(() => {
    outdate(queryClient, CANDLES_KEY);
    outdate(queryClient, COMPARED_KEY);
    outdate(queryClient, ALERT_MARKS_KEY);
  });
};
