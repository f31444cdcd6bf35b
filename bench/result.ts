/** One figure of a benchmark. Ratios compare figures of one run, so they are meaningful on a shared and noisy machine. */
export type BenchResult = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly ratio: number;
  /** What the figure is compared with: a ratio of 2 means twice this. */
  readonly ratioTo: string;
  /** The 95% confidence interval of the ratio, if it was measured. */
  readonly spread?: readonly [number, number];
};

/** The value that this share of all values does not exceed: 0.99 for the 99th percentile. NaN without values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** NaN without values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle] ?? Number.NaN;
  return ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

const RESAMPLES = 1_000;

/**
 * The 95% confidence interval of a statistic by bootstrap: the statistic is computed of as many samples, drawn from these with
 * replacement, a thousand times. Samples that depend on one another, such as all of one turn, have to be passed as one. Source:
 * Efron, Tibshirani: An Introduction to the Bootstrap, 13.3.
 */
export function spreadOf<T>(
  samples: readonly T[],
  figure: (samples: readonly T[]) => number,
  random: () => number = Math.random,
): readonly [number, number] {
  const figures = Array.from({ length: RESAMPLES }, () =>
    figure(samples.map((sample) => samples[Math.floor(random() * samples.length)] ?? sample)),
  );
  return [percentile(figures, 0.025), percentile(figures, 0.975)];
}
