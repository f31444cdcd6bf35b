import { type RollingMean, rollingMean } from './rolling-mean.ts';

/**
 * An exponential mean with this weight for each new number. It starts with the plain mean of the first `period` numbers, as in
 * StockCharts and TA-Lib; NaN until then.
 */
export function exponentialMean(period: number, weight: number): RollingMean {
  const seed = rollingMean(period);
  let mean = Number.NaN;
  const moved = (value: number): number => mean + weight * (value - mean);
  return {
    push(value) {
      mean = Number.isNaN(mean) ? seed.push(value) : moved(value);
      return mean;
    },
    preview: (value) => (Number.isNaN(mean) ? seed.preview(value) : moved(value)),
  };
}
