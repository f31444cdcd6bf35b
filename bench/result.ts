/** One figure of a benchmark. Ratios are within one run, so they mean something on a shared and noisy machine. */
export type BenchResult = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly ratio: number;
  /** What the ratio is to: 2 means twice this. */
  readonly ratioTo: string;
  /** Between what the ratio is with 95 % confidence, where that was measured. */
  readonly spread?: readonly [number, number];
};

/** The value that this share of the others does not exceed: 0.99 for the 99th percentile. NaN for none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** The middle value; NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle] ?? Number.NaN;
  return ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

const RESAMPLES = 1_000;

/**
 * The 95 % confidence interval of a figure of samples, by bootstrap: the figure of as many samples that are drawn from them, again and
 * again. Samples that belong together, such as all of one turn, are to be one. Source: Efron, Tibshirani: An Introduction to the
 * Bootstrap, 13.3.
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
