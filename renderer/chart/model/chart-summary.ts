import type { AlertMark } from '../../../shared/domain/alert-mark.ts';
import { alertMessage } from '../../../shared/domain/alert-message.ts';
import type { Candle } from '../../../shared/domain/candle.ts';
import { formatPct } from '../../../shared/format/percent.ts';
import { formatPrice } from '../../../shared/format/price.ts';
import { t } from '../../../shared/messages/message.ts';

type Summarized = {
  /** The visible candles, oldest first. */
  readonly candles: readonly Candle[];
  readonly alerts: readonly AlertMark[];
  /** Names of the sources of their prices. */
  readonly sources: readonly string[];
  readonly intervalMs: number;
  readonly vsCurrency: string;
  /** The start of a candle as a date with its year. */
  readonly dateOf: (start: number) => string;
};

/** The number of alerts that are described, the newest ones. */
const MAX_ALERTS = 3;

/** A description of a chart in sentences: its range, the change over it, the highest and the lowest price, and the last alerts. */
export function summaryOf(summarized: Summarized): string {
  const { candles, alerts, sources, intervalMs, vsCurrency, dateOf } = summarized;
  const [first, last] = [candles[0], candles.at(-1)];
  if (first === undefined || last === undefined) return t('summary.empty');
  const highest = candles.reduce((best, one) => (one.high > best.high ? one : best), first);
  const lowest = candles.reduce((best, one) => (one.low < best.low ? one : best), first);
  const price = (value: number): string => formatPrice(value, vsCurrency);
  const end = last.start + intervalMs;
  const visible = alerts.filter((mark) =>
    mark.alerts.some(({ observedAt }) => observedAt >= first.start && observedAt < end),
  );
  const newest = visible
    .flatMap((mark) => mark.alerts)
    .sort((one, other) => one.observedAt - other.observedAt)
    .slice(-MAX_ALERTS)
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
    ...(sources.length > 1 ? [t('summary.sources', { names: sources })] : []),
    visible.length === 0
      ? t('summary.no-alerts')
      : t('summary.alerts', { count: visible.reduce((sum, { count }) => sum + count, 0), last: newest }),
    t('summary.tones'),
  ].join(' ');
}
