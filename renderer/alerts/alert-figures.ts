import type { Alert } from '../../shared/domain/alert.ts';
import { extremeText } from '../../shared/domain/alert-text.ts';
import { formatAge } from '../../shared/format/age.ts';
import { formatCoinName } from '../../shared/format/name.ts';
import { formatNumber } from '../../shared/format/number.ts';
import { formatPct } from '../../shared/format/percent.ts';
import { formatPrice } from '../../shared/format/price.ts';
import { t } from '../../shared/messages/message.ts';

/** Figures that are prices in the quote currency, by their names in rules. */
const PRICE_FIGURES = new Set(['average', 'ema', 'price', 'high', 'low', 'level', 'previous']);

/**
 * The figures of an alert as text: `average $64,100.00`. The change is not among them, because it is shown next to the name.
 * Unknown figures are labelled by their name: `…Pct` is a percentage, and capitals separate words.
 */
export function figureTexts(alert: Alert): readonly string[] {
  return Object.entries(alert.figures)
    .filter(([name]) => name !== 'changePct')
    .map(([name, value]) => `${wordsOf(name.replace(/Pct$/, ''))} ${figureText(name, value, alert)}`);
}

/** The coin that an alert follows, if people are not notified because of it; otherwise empty. */
export function inhibitorTexts({ inhibitedBy }: Alert): readonly string[] {
  if (inhibitedBy === undefined) return [];
  const { coinId, beta, beyondPct } = inhibitedBy;
  return [
    t('alerts.follows', {
      coin: formatCoinName(coinId),
      beta: formatNumber(beta, 2),
      beyond: formatPct(beyondPct),
    }),
  ];
}

/** How the firing of an alert ended: its duration and the furthest price; empty while it continues. */
export function endTexts(alert: Alert): readonly string[] {
  if (alert.resolution === undefined || alert.resolution.reason === 'followed') return [];
  const duration = formatAge(alert.resolution.resolvedAt - alert.observedAt);
  return [t('alerts.over-after', { duration }), extremeText(alert) ?? ''];
}

function figureText(name: string, value: number, { vsCurrency, params }: Alert): string {
  if (name.endsWith('Pct')) return formatPct(value);
  // A rule that compares sources has the price of each by its name.
  const isOfSource = Array.isArray(params.sources) && params.sources.includes(name);
  if (isOfSource || PRICE_FIGURES.has(name)) return formatPrice(value, vsCurrency);
  return formatNumber(value, Number.isInteger(value) ? 0 : 2);
}

const wordsOf = (camelCase: string): string =>
  camelCase.replace(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`);
