import type { Alert } from '../../../shared/domain/alert.ts';
import { alertMessage } from '../../../shared/domain/alert-message.ts';
import type { Candle } from '../../../shared/domain/candle.ts';
import { formatPct } from '../../../shared/format/percent.ts';
import { formatPrice } from '../../../shared/format/price.ts';
import { text } from '../../../shared/messages/message.ts';

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
  if (first === undefined || last === undefined) return 'There are no candles in this period.';
  const highest = candles.reduce((best, one) => (one.high > best.high ? one : best), first);
  const lowest = candles.reduce((best, one) => (one.low < best.low ? one : best), first);
  const price = (value: number): string => formatPrice(value, vsCurrency);
  const inSight = alerts.filter(({ observedAt }) => observedAt >= first.start);
  const told = inSight
    .slice(-MOST_ALERTS)
    .map((alert) => `${dateOf(alert.observedAt)}, ${text(alertMessage(alert))}`);
  return [
    `${candles.length} candles from ${dateOf(first.start)} to ${dateOf(last.start)}.`,
    `From ${price(first.open)} to ${price(last.close)}, ${formatPct((last.close / first.open - 1) * 100)}.`,
    `Highest ${price(highest.high)} on ${dateOf(highest.start)}, lowest ${price(lowest.low)} on ${dateOf(lowest.start)}.`,
    inSight.length === 0
      ? 'No alerts.'
      : `${inSight.length} ${inSight.length === 1 ? 'alert' : 'alerts'}, the last: ${told.join('; ')}.`,
  ].join(' ');
}
