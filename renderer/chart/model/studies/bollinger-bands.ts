import { message } from '../../../../shared/messages/message.ts';
import { paramOf, periodParam, type Study, type StudyParam } from './study.ts';

const PERIOD = periodParam(20);
const WIDTH: StudyParam = {
  name: 'width',
  label: message('study-param.deviations'),
  initial: 2,
  min: 0.5,
  max: 5,
  step: 0.1,
};

/**
 * Bollinger bands: the mean of the last `period` closes, and multiples of the standard deviation above and below it. The
 * deviation is that of the whole population (divided by the period), as in J. Bollinger, Bollinger on Bollinger Bands, 2001.
 */
export const bollingerBands: Study = {
  id: 'bollinger',
  name: message('study.bollinger'),
  pane: 'price',
  params: [PERIOD, WIDTH],
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
    const width = paramOf(params, WIDTH);
    const ring = new Float64Array(period);
    let count = 0;
    /** Computed from the closes, because the difference of two large sums would lose the small deviation. */
    const write = (filled: number, out: number[]): void => {
      if (filled < period) {
        out[0] = out[1] = out[2] = Number.NaN;
        return;
      }
      let sum = 0;
      for (const close of ring) sum += close;
      const mean = sum / period;
      let squares = 0;
      for (const close of ring) squares += (close - mean) ** 2;
      const deviation = Math.sqrt(squares / period);
      out[0] = mean + width * deviation;
      out[1] = mean;
      out[2] = mean - width * deviation;
    };
    return {
      push({ close }, out) {
        ring[count % period] = close;
        count += 1;
        write(count, out);
      },
      preview({ close }, out) {
        const place = count % period;
        const before = ring[place] ?? 0;
        ring[place] = close;
        write(count + 1, out);
        ring[place] = before;
      },
    };
  },
};
