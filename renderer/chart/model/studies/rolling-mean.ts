/** The mean of a given count of the last numbers. */
export type RollingMean = {
  push(value: number): number;
  /** What `push` would return, without adding the number. */
  preview(value: number): number;
};

/** The mean of the last `period` numbers; NaN until there are that many. */
export function rollingMean(period: number): RollingMean {
  const ring = new Float64Array(period);
  let count = 0;
  let sum = 0;
  const sumWith = (value: number): number =>
    sum + value - (count >= period ? (ring[count % period] ?? 0) : 0);
  return {
    push(value) {
      sum = sumWith(value);
      ring[count % period] = value;
      count += 1;
      // The sum is recomputed regularly, because rounding errors would accumulate over a long history.
      if (count % period === 0) sum = ring.reduce((total, one) => total + one, 0);
      return count < period ? Number.NaN : sum / period;
    },
    preview: (value) => (count + 1 < period ? Number.NaN : sumWith(value) / period),
  };
}
