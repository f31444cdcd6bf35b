/** The mean of the last numbers, of a given count. */
export type RollingMean = {
  push(value: number): number;
  /** What `push` would return. */
  preview(value: number): number;
};

/** NaN until there are `period` numbers. */
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
      // Rounding errors would add up over the years of a long history.
      if (count % period === 0) sum = ring.reduce((total, one) => total + one, 0);
      return count < period ? Number.NaN : sum / period;
    },
    preview: (value) => (count + 1 < period ? Number.NaN : sumWith(value) / period),
  };
}
