import type { Alert } from '../../../shared/domain/alert.ts';
import type { AlertMark } from '../../../shared/domain/alert-mark.ts';
import { bucketStart, type Interval } from '../../../shared/domain/interval.ts';
import type { TimeRange } from './chart-view.ts';
import type { SeriesKey } from './series-key.ts';

/** The alerts to be marked on a chart: those of its coin and currency in the range, including the chosen one. */
export function alertsOnChart(
  marks: readonly AlertMark[],
  chosen: Alert | null,
  series: SeriesKey,
  range: TimeRange,
): readonly AlertMark[] {
  const shown = marks.flatMap((mark): readonly AlertMark[] => {
    const alerts = mark.alerts.filter((alert) => isOnChart(alert, series, range));
    if (alerts.length === mark.alerts.length) return [mark];
    return alerts.length === 0 ? [] : [{ ...mark, alerts }];
  });
  return chosen !== null && isOnChart(chosen, series, range)
    ? withChosen(shown, chosen, series.interval)
    : shown;
}

function isOnChart(
  { coinId, vsCurrency, observedAt }: Alert,
  series: SeriesKey,
  { from, to }: TimeRange,
): boolean {
  return (
    coinId === series.coinId && vsCurrency === series.vsCurrency && observedAt >= from && observedAt <= to
  );
}

/** The marks including an alert whose mark only counts it, or is not loaded yet. */
function withChosen(marks: readonly AlertMark[], chosen: Alert, interval: Interval): readonly AlertMark[] {
  if (marks.some(({ alerts }) => alerts.some(({ id }) => id === chosen.id))) return marks;
  const candle = bucketStart(chosen.observedAt, interval);
  const index = marks.findIndex(
    ({ alerts, count }) =>
      count > alerts.length &&
      alerts.some(
        ({ observedAt, direction }) =>
          direction === chosen.direction && bucketStart(observedAt, interval) === candle,
      ),
  );
  const mark = marks[index];
  if (mark === undefined) return [...marks, { alerts: [chosen], count: 1 }];
  const alerts = [...mark.alerts, chosen].sort((a, b) => a.observedAt - b.observedAt);
  return marks.with(index, { ...mark, alerts });
}
