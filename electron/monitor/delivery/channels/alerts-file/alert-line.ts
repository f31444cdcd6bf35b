import type { Alert } from '../../../../../shared/domain/alert.ts';
import { alertMessage } from '../../../../../shared/domain/alert-message.ts';
import type { Resolution } from '../../../../../shared/domain/resolution.ts';
import { text } from '../../../../../shared/messages/message.ts';

/**
 * The line of alerts.txt for an alert, without its line feed: `<ISO 8601 time> - Alert: <coin> <what happened>. (<figures>)`. A
 * resolved event: `<ISO 8601 time> - Resolved: <coin> <what happened>. (<duration and extreme>)`. The same alert always gives the
 * same line, so a line that is already in the file is recognized.
 */
export function alertLine(alert: Alert): string {
  if (alert.resolution !== undefined) return resolvedLine(alert, alert.resolution);
  const currency = alert.vsCurrency.toUpperCase();
  const figures = Object.entries(alert.figures).map(([name, value]) =>
    name.endsWith('Pct')
      ? `${name.slice(0, -'Pct'.length)} ${value > 0 ? '+' : ''}${value.toFixed(2)}%`
      : `${name} ${significant(value)}${WITHOUT_CURRENCY.has(name) ? '' : ` ${currency}`}`,
  );
  const details = [`price ${significant(alert.price)} ${currency}`, ...figures, `source ${alert.source}`];
  const time = new Date(alert.observedAt).toISOString();
  return `${time} - Alert: ${alert.coinId} ${text(alertMessage(alert))}. (${details.join(', ')})`;
}

function resolvedLine(alert: Alert, { resolvedAt, reason, extreme }: Resolution): string {
  const time = new Date(resolvedAt).toISOString();
  const details = [
    `after ${Math.round((resolvedAt - alert.observedAt) / 1_000)} s`,
    reason,
    `extreme price ${significant(extreme.price)} ${alert.vsCurrency.toUpperCase()}`,
    `at ${new Date(extreme.observedAt).toISOString()}`,
    `source ${alert.source}`,
  ];
  return `${time} - Resolved: ${alert.coinId} ${text(alertMessage(alert))}. (${details.join(', ')})`;
}

/** Figures that are not prices: indices, ratios, counts, times, and amounts in units of the coin. */
const WITHOUT_CURRENCY = new Set(['rsi', 'zScore', 'ratio', 'amount', 'silentMinutes', 'coins', 'fired']);

/** Created once: creating one takes a hundred times as long as using it. */
const TEN_DIGITS = new Intl.NumberFormat('en-US', { useGrouping: false, maximumSignificantDigits: 10 });

/** Ten significant digits, never in exponent form, so that a price of 0.00000123 stays readable and greppable. */
function significant(value: number): string {
  return TEN_DIGITS.format(value);
}
