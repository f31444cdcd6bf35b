import { invalidate } from '../api/invalidate.ts';
import type { LiveFeature } from '../api/live-updates.ts';
import { ALERT_MARKS_KEY } from './alert-marks.ts';
import { CANDLES_KEY } from './candle-query.ts';
import { foldUpdate } from './live-candles.ts';

/** Candles of coins that are compared with the chart's own. */
export const COMPARED_KEY = ['compared-candles'] as const;

/** Folds new prices into the candles on screen, and invalidates candles and marks when others have been stored. */
export const liveChart: LiveFeature = ({ queryClient, client, onDatabaseReady }) => {
  client.on('prices', (updates) => {
    for (const update of updates) foldUpdate(queryClient, update);
  });
  client.on('alert', ({ coinId }) => {
    invalidate(queryClient, [...ALERT_MARKS_KEY, coinId]);
  });
  client.on('history', ({ coinId, vsCurrency }) => {
    invalidate(queryClient, [...CANDLES_KEY, coinId, vsCurrency]);
  });
  onDatabaseReady(() => {
    invalidate(queryClient, CANDLES_KEY);
    invalidate(queryClient, COMPARED_KEY);
    invalidate(queryClient, ALERT_MARKS_KEY);
  });
};
