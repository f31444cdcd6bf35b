import { message } from '../../../../shared/messages/message.ts';
import { exponentialMean } from './exponential-mean.ts';
import { paramOf, periodParam, type Study } from './study.ts';

const FAST = periodParam(12, 'fast', message('study-param.fast'));
const SLOW = periodParam(26, 'slow', message('study-param.slow'));
const SIGNAL = periodParam(9, 'signal', message('study-param.signal'));

/**
 * Moving average convergence/divergence: the fast exponential average of the closes minus the slow one; its own exponential
 * average as the signal; and the distance between the two.
 * Source: G. Appel, Technical Analysis: Power Tools for Active Investors, 2005.
 */
export const macd: Study = {
  id: 'macd',
  name: message('study.macd'),
  pane: 'macd',
  params: [FAST, SLOW, SIGNAL],
  lines: [
    { label: 'MACD', style: 'line' },
    { label: 'Signal', style: 'line' },
    { label: 'Distance', style: 'bars' },
  ],
  fixedDomain: null,
  levels: [0],
  needsTradedVolume: false,
  start(params) {
    const [fastPeriod, slowPeriod, signalPeriod] = [FAST, SLOW, SIGNAL].map((param) =>
      paramOf(params, param),
    );
    const mean = (period = 2) => exponentialMean(period, 2 / (period + 1));
    const fast = mean(fastPeriod);
    const slow = mean(slowPeriod);
    const signal = mean(signalPeriod);
    const write = (distance: number, average: number, out: number[]): void => {
      out[0] = distance;
      out[1] = average;
      out[2] = distance - average;
    };
    return {
      push({ close }, out) {
        const distance = fast.push(close) - slow.push(close);
        write(distance, Number.isNaN(distance) ? Number.NaN : signal.push(distance), out);
      },
      preview({ close }, out) {
        const distance = fast.preview(close) - slow.preview(close);
        write(distance, Number.isNaN(distance) ? Number.NaN : signal.preview(distance), out);
      },
    };
  },
};
