import type { Candle } from '../../../../shared/domain/candle.ts';
import { message } from '../../../../shared/messages/message.ts';
import type { Study } from './study.ts';

const DAY_MS = 86_400_000;

/**
 * Volume-weighted average price since the beginning of the day in UTC: Σ (typical price × volume) / Σ volume, with the typical
 * price (high + low + close) / 3. Crypto markets have no sessions; exchanges use UTC days.
 * Source: StockCharts ChartSchool, Volume-Weighted Average Price.
 */
export const vwap: Study = {
  id: 'vwap',
  name: message('study.vwap'),
  pane: 'price',
  params: [],
  lines: [{ label: 'VWAP', style: 'line' }],
  fixedDomain: null,
  levels: [],
  needsTradedVolume: true,
  start() {
    let day = Number.NaN;
    let paid = 0;
    let traded = 0;
    const sums = ({ start, high, low, close, volume }: Candle) => {
      const today = Math.floor(start / DAY_MS);
      const amount = volume ?? 0;
      const before = today === day ? { paid, traded } : { paid: 0, traded: 0 };
      return {
        day: today,
        paid: before.paid + ((high + low + close) / 3) * amount,
        traded: before.traded + amount,
      };
    };
    return {
      push(candle, out) {
        ({ day, paid, traded } = sums(candle));
        out[0] = traded > 0 ? paid / traded : Number.NaN;
      },
      preview(candle, out) {
        const next = sums(candle);
        out[0] = next.traded > 0 ? next.paid / next.traded : Number.NaN;
      },
    };
  },
};
