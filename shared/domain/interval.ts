const MINUTE_MS = 60_000;

/** The candle intervals that the program serves, finest first. */
export const INTERVALS = ['1m', '5m', '15m', '1h', '4h', '1d'] as const;

export type Interval = (typeof INTERVALS)[number];

/** Length of each interval in milliseconds. */
export const INTERVAL_MS: Readonly<Record<Interval, number>> = {
  '1m': MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '1h': 60 * MINUTE_MS,
  '4h': 240 * MINUTE_MS,
  '1d': 1_440 * MINUTE_MS,
};

/**
 * Start of the bucket that holds `at`, both in milliseconds since the epoch.
 * Every interval divides a UTC day and the epoch is a UTC midnight, so buckets line up with UTC clock time.
 */
export function bucketStart(at: number, interval: Interval): number {
  const length = INTERVAL_MS[interval];
  return Math.floor(at / length) * length;
}
