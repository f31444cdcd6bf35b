import type { Candle } from '../../../../shared/domain/candle.ts';
import { message } from '../../../../shared/messages/message.ts';
import type { Study } from './study.ts';

/**
 * On-balance volume: the sum of the volumes, positive if the close is above the previous one and negative if it is below. Only its
 * changes are meaningful, because it starts at zero with the first loaded candle.
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
