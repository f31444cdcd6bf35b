import type { Candle } from '../../../../shared/domain/candle.ts';
import { message } from '../../../../shared/messages/message.ts';
import { paramOf, type Study, type StudyParam } from './study.ts';

const MINUTE_MS = 60_000;
const WINDOW: StudyParam = {
  name: 'windowMinutes',
  label: message('study-param.minutes'),
  initial: 5,
  min: 1,
  max: 1_440,
  step: 1,
};
const THRESHOLD: StudyParam = {
  name: 'thresholdPct',
  label: message('study-param.percent'),
  initial: 2,
  min: 0.1,
  max: 50,
  step: 0.1,
};

/**
 * The band of the moving-average rule: the mean price of the window before a candle, and the threshold above and below it. A price
 * outside of it raises an alert. The band only approximates that of the rule, which averages every price rather than the closes of
 * candles. There is no band if candles are longer than the window.
 */
export const ruleBand: Study = {
  id: 'rule',
  name: message('study.rule'),
  pane: 'price',
  params: [WINDOW, THRESHOLD],
  lines: [
    { label: 'Upper', style: 'band' },
    { label: 'Average', style: 'band' },
    { label: 'Lower', style: 'band' },
  ],
  fixedDomain: null,
  levels: [],
  needsTradedVolume: false,
  start(params, intervalMs) {
    const windowMs = paramOf(params, WINDOW) * MINUTE_MS;
    const share = paramOf(params, THRESHOLD) / 100;
    const closes: { readonly end: number; readonly close: number }[] = [];
    let first = 0;
    const write = ({ start }: Candle, out: number[]): void => {
      while (first < closes.length && (closes[first]?.end ?? 0) <= start - windowMs) first += 1;
      if (first > 4_096) {
        closes.splice(0, first);
        first = 0;
      }
      let sum = 0;
      for (let index = first; index < closes.length; index++) sum += closes[index]?.close ?? 0;
      const mean =
        intervalMs > windowMs || first === closes.length ? Number.NaN : sum / (closes.length - first);
      out[0] = mean * (1 + share);
      out[1] = mean;
      out[2] = mean * (1 - share);
    };
    return {
      push(candle, out) {
        write(candle, out);
        closes.push({ end: candle.start + intervalMs, close: candle.close });
      },
      preview: write,
    };
  },
};
