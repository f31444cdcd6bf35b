import type { Alert } from '../../../shared/domain/alert.ts';
import type { TimeRange } from './chart-view.ts';
import type { SeriesKey } from './series-key.ts';

/** The alerts to be marked on a chart: those of its coin and currency in its stretch of time, and the chosen one. */
export function alertsOnChart(
  alerts: readonly Alert[],
  chosen: Alert | null,
  series: Pick<SeriesKey, 'coinId' | 'vsCurrency'>,
  { from, to }: TimeRange,
): readonly Alert[] {
  const isMissing = chosen !== null && alerts.every(({ id }) => id !== chosen.id);
  return (isMissing ? [...alerts, chosen] : alerts).filter(
    ({ coinId, vsCurrency, observedAt }) =>
      coinId === series.coinId && vsCurrency === series.vsCurrency && observedAt >= from && observedAt <= to,
  );
}
