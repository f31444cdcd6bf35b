import { z } from 'zod';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

const UNIT_MS = { m: MINUTE_MS, h: 60 * MINUTE_MS, d: DAY_MS, w: 7 * DAY_MS } as const;
type Unit = keyof typeof UNIT_MS;

/** Longer candles would not be charts. It also keeps sums of times exact. */
const LONGEST_MS = 366 * DAY_MS;

/** The Monday after the epoch, which was a Thursday: weeks begin on Mondays (ISO 8601). */
const FIRST_MONDAY_MS = 4 * DAY_MS;

/** Length of a candle: a whole number of minutes, hours, days or weeks, such as `45m`, `1h` or `2w`. */
export type Interval = `${number}${Unit}`;

/** The intervals that a chart offers at once, finest first. Every other one can be asked for, too. */
export const INTERVALS = ['1m', '5m', '15m', '1h', '4h', '1d', '1w'] as const satisfies readonly Interval[];

/** The intervals that providers are asked for candles of, finest first. */
export const HISTORY_INTERVALS = ['1m', '5m', '15m', '1h', '4h', '1d'] as const satisfies readonly Interval[];
export type HistoryInterval = (typeof HISTORY_INTERVALS)[number];

export const intervalSchema = z.custom<Interval>(
  (value) => typeof value === 'string' && lengthOf(value) !== null,
  'must be a number of minutes, hours, days or weeks up to a year, such as 1m, 45m, 4h, 1d or 1w',
);

/** Lengths that were asked for: `intervalLengthMs` is called for every tick. There are only some thousand intervals. */
const lengths = new Map<string, number>();

/**
 * Length of an interval in milliseconds.
 *
 * @throws RangeError for what `intervalSchema` refuses
 */
export function intervalLengthMs(interval: Interval): number {
  const known = lengths.get(interval);
  if (known !== undefined) return known;
  const length = lengthOf(interval);
  if (length === null) throw new RangeError(`"${interval}" is no interval.`);
  lengths.set(interval, length);
  return length;
}

/** Whether candles of the interval are made of whole UTC days, and are dated by them. */
export function isOfDays(interval: Interval): boolean {
  return intervalLengthMs(interval) % DAY_MS === 0;
}

/** An instant at which a bucket starts, in milliseconds since the epoch: all others are whole lengths away from it. */
export function bucketOrigin(interval: Interval): number {
  return interval.endsWith('w') ? FIRST_MONDAY_MS : 0;
}

/**
 * Start of the bucket that holds `at`, both in milliseconds since the epoch. Buckets are counted from the epoch, those of
 * weeks from a Monday; lengths that divide a UTC day therefore line up with UTC clock time.
 */
export function bucketStart(at: number, interval: Interval): number {
  const length = intervalLengthMs(interval);
  const origin = bucketOrigin(interval);
  return Math.floor((at - origin) / length) * length + origin;
}

function lengthOf(text: string): number | null {
  const parts = /^([1-9]\d{0,5})([mhdw])$/.exec(text);
  if (parts === null) return null;
  const length = Number(parts[1]) * UNIT_MS[parts[2] as Unit];
  return length <= LONGEST_MS ? length : null;
}
