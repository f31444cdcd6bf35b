import { queryOptions, useQueries } from '@tanstack/react-query';
import type { AlertMark } from '../../shared/domain/alert-mark.ts';
import { intervalLengthMs } from '../../shared/domain/interval.ts';
import type { Client } from '../api/client.ts';
import { useMonitor } from '../api/monitor-context.ts';
import type { TimeRange } from './model/chart-view.ts';
import type { SeriesKey } from './model/series-key.ts';

export const ALERT_MARKS_KEY = ['alert-marks'] as const;

/** Candles in one request. Requests begin at multiples of it, so that a chart that is moved seldom needs another. */
const CANDLES_ASKED = 500;

/** The stretches of time that hold the range, one for each request. */
export function stretchesOf({ from, to }: TimeRange, intervalMs: number): readonly TimeRange[] {
  const length = CANDLES_ASKED * intervalMs;
  const stretches: TimeRange[] = [];
  for (let start = Math.floor(from / length) * length; start < to; start += length) {
    stretches.push({ from: start, to: start + length });
  }
  return stretches;
}

/** The stretches that hold the range, as one. */
export function wholeStretches({ from, to }: TimeRange, intervalMs: number): TimeRange {
  const length = CANDLES_ASKED * intervalMs;
  return { from: Math.floor(from / length) * length, to: Math.ceil(to / length) * length };
}

function marksQuery(client: Client, { coinId, vsCurrency, interval }: SeriesKey, { from, to }: TimeRange) {
  return queryOptions({
    queryKey: [...ALERT_MARKS_KEY, coinId, vsCurrency, interval, from],
    queryFn: () => client.call('alerts.range', { coinId, interval, from, to }),
    // After an event of a new alert, the stretch that it belongs to is fetched again.
    staleTime: Number.POSITIVE_INFINITY,
  });
}

const joined = (
  results: readonly { readonly data: readonly AlertMark[] | undefined }[],
): readonly AlertMark[] => results.flatMap(({ data }) => data ?? []);

/** The alerts to be marked on a chart of this range, those that have arrived; not only those of the list beside it. */
export function useAlertMarks(series: SeriesKey, range: TimeRange): readonly AlertMark[] {
  const { client } = useMonitor();
  const stretches = stretchesOf(range, intervalLengthMs(series.interval));
  return useQueries({
    queries: stretches.map((stretch) => marksQuery(client, series, stretch)),
    combine: joined,
  });
}
