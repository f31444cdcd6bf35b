import type { Alert } from '../../../shared/domain/alert.ts';
import { alertMessage } from '../../../shared/domain/alert-message.ts';
import type { Candle } from '../../../shared/domain/candle.ts';
import { formatPct } from '../../../shared/format/percent.ts';
import { formatPrice } from '../../../shared/format/price.ts';
import { t } from '../../../shared/messages/message.ts';

type Summarized = {
  /** In sight, oldest first. */
  readonly candles: readonly Candle[];
  readonly alerts: readonly Alert[];
  readonly vsCurrency: string;
  /** When a candle began, with its year. */
  readonly dateOf: (start: number) => string;
};

/** So many of the last alerts are named. */
const MOST_ALERTS = 3;

/** What a chart shows, in sentences: its range, the change over it, highest, lowest, and the last alerts. */
export function summaryOf({ candles, alerts, vsCurrency, dateOf }: Summarized): string {
  const [first, last] = [candles[0], candles.at(-1)];
  if (first === undefined || last === undefined) return t('summary.empty');
  const highest = candles.reduce((best, one) => (one.high > best.high ? one : best), first);
  const lowest = candles.reduce((best, one) => (one.low < best.low ? one : best), first);
  const price = (value: number): string => formatPrice(value, vsCurrency);
  const inSight = alerts.filter(({ observedAt }) => observedAt >= first.start);
  const newest = inSight
    .slice(-MOST_ALERTS)
    .map((alert) => t('summary.alert', { date: dateOf(alert.observedAt), message: alertMessage(alert) }));
  return [
    t('summary.range', { count: candles.length, from: dateOf(first.start), to: dateOf(last.start) }),
    t('summary.change', {
      from: price(first.open),
      to: price(last.close),
      change: formatPct((last.close / first.open - 1) * 100),
    }),
    t('summary.extremes', {
      highest: price(highest.high),
      highestOn: dateOf(highest.start),
      lowest: price(lowest.low),
      lowestOn: dateOf(lowest.start),
    }),
    inSight.length === 0
      ? t('summary.no-alerts')
      : t('summary.alerts', { count: inSight.length, last: newest }),
  ].join(' ');
}
