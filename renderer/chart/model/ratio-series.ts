import type { Candle } from '../../../shared/domain/candle.ts';
import type { ComparedSeries } from './chart-inputs.ts';
import type { StudySeries } from './study-series.ts';

/**
 * The chart's closes divided by those of another coin in the same candle, as a study in a separate pane. NaN if one of the two is
 * unknown; the candle that is not closed yet is divided by the other coin's last close.
 */
export function ratioSeries(candles: readonly Candle[], other: ComparedSeries, title: string): StudySeries {
  const closes = new Map<number, number>();
  for (const [index, start] of other.starts.entries()) closes.set(start, other.closes[index] ?? Number.NaN);
  const values = Float64Array.from(candles, ({ start, close }) => close / (closes.get(start) ?? Number.NaN));
  const last = other.closes.at(-1) ?? Number.NaN;
  return {
    id: `ratio:${other.coinId}`,
    title,
    pane: 'ratio',
    color: other.color,
    lines: [{ label: 'Ratio', style: 'line' }],
    values: [values],
    preview: (live) => [live.close / last],
    fixedDomain: null,
    levels: [],
  };
}
