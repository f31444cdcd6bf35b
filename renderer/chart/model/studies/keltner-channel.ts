import { message } from '../../../../shared/messages/message.ts';
import { exponentialMean } from './exponential-mean.ts';
import { paramOf, periodParam, type Study, type StudyParam } from './study.ts';
import { trueRange } from './true-range.ts';

const PERIOD = periodParam(20);
const RANGE_PERIOD = periodParam(10, 'rangePeriod', message('study-param.atr-period'));
const WIDTH: StudyParam = {
  name: 'width',
  label: message('study-param.ranges'),
  initial: 2,
  min: 0.5,
  max: 5,
  step: 0.1,
};

/**
 * Keltner channel: the exponential average of the closes, and multiples of the average true range above and below it.
 * Source: StockCharts ChartSchool, Keltner Channels (L. B. Raschke's form).
 */
export const keltnerChannel: Study = {
  id: 'keltner',
  name: message('study.keltner'),
  pane: 'price',
  params: [PERIOD, RANGE_PERIOD, WIDTH],
  lines: [
    { label: 'Upper', style: 'band' },
    { label: 'Middle', style: 'band' },
    { label: 'Lower', style: 'band' },
  ],
  fixedDomain: null,
  levels: [],
  needsTradedVolume: false,
  start(params) {
    const period = paramOf(params, PERIOD);
    const rangePeriod = paramOf(params, RANGE_PERIOD);
    const width = paramOf(params, WIDTH);
    const closes = exponentialMean(period, 2 / (period + 1));
    const ranges = exponentialMean(rangePeriod, 1 / rangePeriod);
    let previousClose = Number.NaN;
    const write = (middle: number, range: number, out: number[]): void => {
      out[0] = middle + width * range;
      // The middle line begins with the channel.
      out[1] = Number.isNaN(range) ? Number.NaN : middle;
      out[2] = middle - width * range;
    };
    return {
      push(candle, out) {
        write(closes.push(candle.close), ranges.push(trueRange(candle, previousClose)), out);
        previousClose = candle.close;
      },
      preview(candle, out) {
        write(closes.preview(candle.close), ranges.preview(trueRange(candle, previousClose)), out);
      },
    };
  },
};
