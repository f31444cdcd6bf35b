import { message } from '../../../../shared/messages/message.ts';
import { exponentialMean } from './exponential-mean.ts';
import { paramOf, periodParam, type Study } from './study.ts';

const PERIOD = periodParam(14);

/**
 * Relative strength index: 100 − 100 / (1 + mean gain / mean loss), with Wilder's means of the last `period` changes.
 * Source: J. W. Wilder, New Concepts in Technical Trading Systems, 1978; the table of StockCharts ChartSchool is the worked
 * example of the test.
 */
export const relativeStrength: Study = {
  id: 'rsi',
  name: message('study.rsi'),
  pane: 'rsi',
  params: [PERIOD],
  lines: [{ label: 'RSI', style: 'line' }],
  fixedDomain: [0, 100],
  levels: [30, 70],
  needsTradedVolume: false,
  start(params) {
    const period = paramOf(params, PERIOD);
    const gains = exponentialMean(period, 1 / period);
    const losses = exponentialMean(period, 1 / period);
    let previousClose = Number.NaN;
    const write = (gain: number, loss: number, out: number[]): void => {
      // For a constant price, the index is neutral.
      out[0] = gain + loss === 0 ? 50 : (100 * gain) / (gain + loss);
    };
    return {
      push({ close }, out) {
        const change = close - previousClose;
        previousClose = close;
        if (Number.isNaN(change)) out[0] = Number.NaN;
        else write(gains.push(Math.max(0, change)), losses.push(Math.max(0, -change)), out);
      },
      preview({ close }, out) {
        const change = close - previousClose;
        if (Number.isNaN(change)) out[0] = Number.NaN;
        else write(gains.preview(Math.max(0, change)), losses.preview(Math.max(0, -change)), out);
      },
    };
  },
};
