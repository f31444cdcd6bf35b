import type { Candle } from '../../../../shared/domain/candle.ts';
import { message } from '../../../../shared/messages/message.ts';
import type { Study } from './study.ts';

/**
 * On-balance volume: the sum of the volumes, counted as positive where the close is above the one before and as negative where it
 * is below. Only its course means something: it begins with zero at the first candle that is loaded.
 * Source: J. Granville, New Key to Stock Market Profits, 1963.
 */
export const onBalanceVolume: Study = {
  id: 'obv',
  name: message('study.obv'),
  pane: 'obv',
  params: [],
  lines: [{ label: 'OBV', style: 'line' }],
  fixedDomain: null,
  levels: [],
  needsTradedVolume: true,
  start() {
    let previousClose = Number.NaN;
    let sum = 0;
    const sumWith = ({ close, volume }: Candle): number =>
      Number.isNaN(previousClose) ? 0 : sum + Math.sign(close - previousClose) * (volume ?? 0);
    return {
      push(candle, out) {
        sum = sumWith(candle);
        previousClose = candle.close;
        out[0] = sum;
      },
      preview(candle, out) {
        out[0] = sumWith(candle);
      },
    };
  },
};
