import { message } from '../../../../shared/messages/message.ts';
import { exponentialMean } from './exponential-mean.ts';
import { paramOf, periodParam, type Study } from './study.ts';
import { trueRange } from './true-range.ts';

const PERIOD = periodParam(14);

/**
 * Average true range: Wilder's mean of the true ranges, ATR = (ATR₋₁ × (period − 1) + TR) / period, starting with the plain mean.
 * Source: J. W. Wilder, New Concepts in Technical Trading Systems, 1978.
 */
export const averageTrueRange: Study = {
  id: 'atr',
  name: message('study.atr'),
  pane: 'atr',
  params: [PERIOD],
  lines: [{ label: 'ATR', style: 'line' }],
  fixedDomain: null,
  levels: [],
  needsTradedVolume: false,
  start(params) {
    const period = paramOf(params, PERIOD);
    const mean = exponentialMean(period, 1 / period);
    let previousClose = Number.NaN;
    return {
      push(candle, out) {
        out[0] = mean.push(trueRange(candle, previousClose));
        previousClose = candle.close;
      },
      preview(candle, out) {
        out[0] = mean.preview(trueRange(candle, previousClose));
      },
    };
  },
};
