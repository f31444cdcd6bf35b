import { message } from '../../../../shared/messages/message.ts';
import { rollingMean } from './rolling-mean.ts';
import { paramOf, periodParam, type Study } from './study.ts';

const PERIOD = periodParam(30);
/** Crypto markets do not close. */
const YEAR_MS = 365.25 * 86_400_000;

/**
 * Realized volatility in per cent a year: the root of the mean squared logarithmic return of the last `period` candles, times the
 * root of the number of candles in a year. The mean return is assumed to be zero, which is accurate for short intervals.
 * Source: T. G. Andersen, T. Bollerslev, F. X. Diebold, P. Labys, Modeling and Forecasting Realized Volatility, 2003.
 */
export const realizedVolatility: Study = {
  id: 'volatility',
  name: message('study.volatility'),
  pane: 'volatility',
  params: [PERIOD],
  lines: [{ label: '% a year', style: 'line' }],
  fixedDomain: null,
  levels: [],
  needsTradedVolume: false,
  start(params, intervalMs) {
    const squares = rollingMean(paramOf(params, PERIOD));
    const scale = 100 * Math.sqrt(YEAR_MS / intervalMs);
    let previousClose = Number.NaN;
    const square = (close: number): number => Math.log(close / previousClose) ** 2;
    return {
      push({ close }, out) {
        out[0] = Number.isNaN(previousClose) ? Number.NaN : Math.sqrt(squares.push(square(close))) * scale;
        previousClose = close;
      },
      preview({ close }, out) {
        out[0] = Number.isNaN(previousClose) ? Number.NaN : Math.sqrt(squares.preview(square(close))) * scale;
      },
    };
  },
};
