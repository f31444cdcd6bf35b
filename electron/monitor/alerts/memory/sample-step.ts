const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The longest window that each distance between samples serves: at most 720 samples, however long the window. */
const STEPS = [
  { upToMs: 10 * MINUTE_MS, stepMs: SECOND_MS },
  { upToMs: 100 * MINUTE_MS, stepMs: 10 * SECOND_MS },
  { upToMs: 10 * HOUR_MS, stepMs: MINUTE_MS },
  { upToMs: 2 * DAY_MS, stepMs: 5 * MINUTE_MS },
] as const;

/**
 * How far apart the samples of a window are. The first price of each step counts, so that a burst of trades weighs no more in a
 * mean than the time that it took, and that a busy coin needs no more memory than a quiet one. Windows of the same step share
 * their samples.
 */
export function sampleStepMs(windowMs: number): number {
  return STEPS.find(({ upToMs }) => windowMs <= upToMs)?.stepMs ?? HOUR_MS;
}
