import type { Alert } from '../../../../shared/domain/alert.ts';
import type { PastCandle } from '../../../../shared/domain/past-candle.ts';
import { formatMoment } from '../../../../shared/format/local-time.ts';
import { formatCoinName } from '../../../../shared/format/name.ts';
import { formatPrice } from '../../../../shared/format/price.ts';
import { t } from '../../../../shared/messages/message.ts';
import { withinTime } from '../../async/within-time.ts';
import type { Clock } from '../../time/clock.ts';
import { chartCandles, chartRange } from './chart-candles.ts';
import { chartPng } from './chart-png.ts';

/** The number of coins that are drawn for a digest or a summary. */
const MAX_CHARTS = 3;
/** A message waits no longer than this for its charts. */
const WAIT_MS = 3_000;

/** Reads stored candles of a coin, oldest first; `to` exclusive. It may fail, or take as long as the database. */
export type ReadCandles = (range: {
  readonly coinId: string;
  readonly vsCurrency: string;
  readonly from: number;
  readonly to: number;
}) => Promise<readonly PastCandle[]>;

/** How long a message waits for its charts: `WAIT_MS` of real time, or until the signal aborts. */
type Patience = { readonly clock: Pick<Clock, 'sleep'>; readonly signal: AbortSignal };

/** A chart of a message, with a description in words. */
export type AlertChart = { readonly png: Buffer; readonly caption: string };

/**
 * The charts of the hours before the first alerts, one for each coin. Charts that cannot be read in time are left out of the
 * message.
 */
export async function alertCharts(
  alerts: readonly Alert[],
  read: ReadCandles,
  patience: Patience,
): Promise<readonly AlertChart[]> {
  const firsts = new Map<string, Alert>();
  for (const alert of alerts) if (!firsts.has(alert.coinId)) firsts.set(alert.coinId, alert);
  const drawn = [...firsts.values()].slice(0, MAX_CHARTS);
  const charts = await Promise.all(drawn.map((alert) => alertChart(alert, read, patience)));
  return charts.filter((chart) => chart !== null);
}

async function alertChart(alert: Alert, read: ReadCandles, patience: Patience): Promise<AlertChart | null> {
  const { coinId, vsCurrency, observedAt, price } = alert;
  const range = chartRange(observedAt);
  const found = await withinTime(() => read({ coinId, vsCurrency, ...range }), {
    ms: WAIT_MS,
    ...patience,
    tooLate: () => new Error('the candles were not read in time'),
  }).catch(() => null); // the database is unavailable: the text is enough
  if (found === null) return null;
  const shown = chartCandles(found, range.from);
  const png = chartPng(shown, price);
  if (png === null) return null;
  const high = Math.max(...shown.candles.map((candle) => candle.high));
  const low = Math.min(...shown.candles.map((candle) => candle.low));
  const caption = t('mail.chart', {
    coin: formatCoinName(coinId),
    from: formatMoment(range.from, observedAt),
    to: formatMoment(observedAt, observedAt),
    low: formatPrice(low, vsCurrency),
    high: formatPrice(high, vsCurrency),
    level: formatPrice(price, vsCurrency),
  });
  return { png, caption };
}
