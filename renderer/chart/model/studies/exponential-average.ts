import { message } from '../../../../shared/messages/message.ts';
import { exponentialMean } from './exponential-mean.ts';
import { paramOf, periodParam, type Study } from './study.ts';

const PERIOD = periodParam(20);

/**
 * Exponential moving average: EMA = EMA₋₁ + 2 / (period + 1) × (close − EMA₋₁), starting with the mean of the first closes.
 * Source: StockCharts ChartSchool, Moving Averages, whose table of Intel is the worked example of the test.
 */
export const exponentialAverage: Study = {
  id: 'ema',
  name: message('study.ema'),
  pane: 'price',
  params: [PERIOD],
  lines: [{ label: 'EMA', style: 'line' }],
  fixedDomain: null,
  levels: [],
  needsTradedVolume: false,
  start(params) {
    const period = paramOf(params, PERIOD);
    const mean = exponentialMean(period, 2 / (period + 1));
    return {
      push({ close }, out) {
        out[0] = mean.push(close);
      },
      preview({ close }, out) {
        out[0] = mean.preview(close);
      },
    };
  },
};
