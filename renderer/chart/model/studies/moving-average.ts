import { message } from '../../../../shared/messages/message.ts';
import { rollingMean } from './rolling-mean.ts';
import { paramOf, periodParam, type Study } from './study.ts';

const PERIOD = periodParam(20);

/**
 * Simple moving average: the mean of the last `period` closes.
 * Source: J. J. Murphy, Technical Analysis of the Financial Markets, 1999, chapter 9.
 */
export const movingAverage: Study = {
  id: 'sma',
  name: message('study.sma'),
  pane: 'price',
  params: [PERIOD],
  lines: [{ label: 'SMA', style: 'line' }],
  fixedDomain: null,
  levels: [],
  needsTradedVolume: false,
  start(params) {
    const mean = rollingMean(paramOf(params, PERIOD));
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
