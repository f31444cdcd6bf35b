import { formatAge } from '../format/age.ts';
import { formatMoment } from '../format/local-time.ts';
import { formatCoinName } from '../format/name.ts';
import { formatPct } from '../format/percent.ts';
import { formatPrice } from '../format/price.ts';
import { t, text } from '../messages/message.ts';
import type { Alert } from './alert.ts';
import { alertMessage } from './alert-message.ts';
import type { MarketMove } from './market-move.ts';
import type { MissedAlerts } from './quiet.ts';

export type AlertText = { readonly title: string; readonly body: string };

/** Every operating system truncates longer texts. */
const MAX_LINES = 4;

export type AlertTextOptions = {
  /** The maximum number of lines of the body if there are several alerts; the remaining alerts are counted. */
  readonly maxLines?: number;
  /** Present if the alerts, largest first, are a move of the market. */
  readonly move?: MarketMove | undefined;
  /** Present if the alerts, largest first, are the summary of a quiet time. */
  readonly missed?: MissedAlerts | undefined;
};

/** The text of a notification or a message for one or several alerts. */
export function alertText(alerts: readonly Alert[], options: AlertTextOptions = {}): AlertText {
  const { maxLines = MAX_LINES, move, missed } = options;
  const [first] = alerts;
  if (first !== undefined && alerts.length === 1 && move === undefined && missed === undefined) {
    return textOfOne(first);
  }
  const shown = alerts.length > maxLines ? alerts.slice(0, maxLines - 1) : alerts;
  const rest = alerts.length - shown.length;
  const lineOf = (alert: Alert): string =>
    missed === undefined
      ? alertSummary(alert)
      : `${formatMoment(alert.observedAt, missed.at)}  ${alertSummary(alert)}`;
  return {
    title: first === undefined ? '' : titleOfSeveral(first, alerts, options),
    body: [...shown.map(lineOf), ...(rest > 0 ? [t('alerts.and-more', { count: rest })] : [])].join('\n'),
  };
}

function titleOfSeveral(first: Alert, alerts: readonly Alert[], { move, missed }: AlertTextOptions): string {
  const count = alerts.length;
  if (missed !== undefined) {
    const { reason, hasMore } = missed;
    return t('alerts.missed', { reason, count, hasMore, largest: headline(first) });
  }
  if (move !== undefined) return t('alerts.market', { ...move, largest: headline(first) });
  if (first.resolution !== undefined) return t('alerts.several-over', { count });
  return t('alerts.several', {
    count,
    names: [...new Set(alerts.map(({ coinId }) => formatCoinName(coinId)))],
  });
}

/** How an alert ended: `Bitcoin ▲ +3.00%: over after 12 min`; null while its firing continues. */
function endSummary(alert: Alert): string | null {
  if (alert.resolution === undefined) return null;
  const duration = formatAge(alert.resolution.resolvedAt - alert.observedAt);
  const words = { headline: headline(alert), duration };
  return alert.resolution.reason === 'followed' ? t('alerts.followed', words) : t('alerts.over', words);
}

/** The furthest price of a firing that has ended: `furthest at $62,000.00 (+3.40%)`; null while it continues. */
export function extremeText({ resolution, vsCurrency }: Alert): string | null {
  if (resolution === undefined) return null;
  const { price, figures } = resolution.extreme;
  const change = figures.changePct === undefined ? null : formatPct(figures.changePct);
  return t('alerts.extreme', { price: formatPrice(price, vsCurrency), change });
}

/** An alert as one line: `Bitcoin ▲ +3.00% at $61,800.00`; if it is resolved, how it ended. */
export function alertSummary(alert: Alert): string {
  const end = endSummary(alert);
  if (end !== null) return end;
  const price = formatPrice(alert.price, alert.vsCurrency);
  return t('alerts.at-price', { headline: headline(alert), price });
}

function textOfOne(alert: Alert): AlertText {
  const end = endSummary(alert);
  if (end !== null) {
    const happened = capitalized(text(alertMessage(alert)));
    return { title: end, body: `${capitalized(extremeText(alert) ?? '')}\n${happened}.` };
  }
  const { average = alert.figures.ema } = alert.figures;
  const price = formatPrice(alert.price, alert.vsCurrency);
  const figures =
    average === undefined
      ? price
      : t('alerts.with-average', { price, average: formatPrice(average, alert.vsCurrency) });
  return { title: headline(alert), body: `${figures}\n${capitalized(text(alertMessage(alert)))}.` };
}

/** The coin with the direction; a rule without a change names the coin alone. */
function headline({ coinId, figures: { changePct } }: Alert): string {
  const name = formatCoinName(coinId);
  if (changePct === undefined) return name;
  return `${name} ${changePct < 0 ? '▼' : '▲'} ${formatPct(changePct)}`;
}

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
