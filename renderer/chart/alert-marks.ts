import { queryOptions, useQueries } from '@tanstack/react-query';
import type { AlertMark } from '../../shared/domain/alert-mark.ts';
import { intervalLengthMs } from '../../shared/domain/interval.ts';
import type { Client } from '../api/client.ts';
import { useMonitor } from '../api/monitor-context.ts';
import type { TimeRange } from './model/chart-view.ts';
import type { SeriesKey } from './model/series-key.ts';

export const ALERT_MARKS_KEY = ['alert-marks'] as const;

/** Candles per request. Requested ranges begin at multiples of it, so that moving the chart seldom needs another request. */
const CANDLES_PER_REQUEST = 500;

/** The aligned ranges that cover the given one, one for each request. */
export function requestRanges({ from, to }: TimeRange, intervalMs: number): readonly TimeRange[] {
  const length = CANDLES_PER_REQUEST * intervalMs;
  const ranges: TimeRange[] = [];
  for (let start = Math.floor(from / length) * length; start < to; start += length) {
    ranges.push({ from: start, to: start + length });
  }
  return ranges;
}

/** The range extended to the boundaries of the requests. */
export function alignedRange({ from, to }: TimeRange, intervalMs: number): TimeRange {
  const length = CANDLES_PER_REQUEST * intervalMs;
  return { from: Math.floor(from / length) * length, to: Math.ceil(to / length) * length };
}

function marksQuery(client: Client, { coinId, vsCurrency, interval }: SeriesKey, { from, to }: TimeRange) {
  return queryOptions({
    queryKey: [...ALERT_MARKS_KEY, coinId, vsCurrency, interval, from],
    queryFn: () => client.call('alerts.range', { coinId, interval, from, to }),
    // An event of a new alert invalidates the range that contains it.
    staleTime: Number.POSITIVE_INFINITY,
  });
}

const joined = (
  results: readonly { readonly data: readonly AlertMark[] | undefined }[],
): readonly AlertMark[] => results.flatMap(({ data }) => data ?? []);

/** The loaded alerts of a chart of this range, which may not be in the list of alerts. */
export function useAlertMarks(series: SeriesKey, range: TimeRange): readonly AlertMark[] {
  const { client } = useMonitor();
  const ranges = requestRanges(range, intervalLengthMs(series.interval));
  return useQueries({
    queries: ranges.map((part) => marksQuery(client, series, part)),
    combine: joined,
  });
}
