import type { Alert } from '../../shared/domain/alert.ts';
import { formatNumber } from '../../shared/format/number.ts';
import { formatPct } from '../../shared/format/percent.ts';
import { formatPrice } from '../../shared/format/price.ts';

/** Figures that are prices in the quote currency, by the names that rules give them. */
const PRICE_FIGURES = new Set(['average', 'price', 'high', 'low', 'level', 'previous']);

/**
 * The numbers behind an alert but its change, which is shown beside its name, as text: `average $64,100.00`.
 * A rule that this page does not know is read by its names: `…Pct` is per cent, words are told apart by capitals.
 */
export function figureTexts(alert: Alert): readonly string[] {
  return Object.entries(alert.figures)
    .filter(([name]) => name !== 'changePct')
    .map(
      ([name, value]) => `${wordsOf(name.replace(/Pct$/, ''))} ${figureText(name, value, alert.vsCurrency)}`,
    );
}

function figureText(name: string, value: number, vsCurrency: string): string {
  if (name.endsWith('Pct')) return formatPct(value);
  if (PRICE_FIGURES.has(name)) return formatPrice(value, vsCurrency);
  return formatNumber(value, Number.isInteger(value) ? 0 : 2);
}

const wordsOf = (camelCase: string): string =>
  camelCase.replace(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`);
