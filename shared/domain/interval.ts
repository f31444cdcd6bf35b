import { z } from 'zod';
import { says } from '../messages/fault-of-issue.ts';
import { message } from '../messages/message.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

const UNIT_MS = { m: MINUTE_MS, h: 60 * MINUTE_MS, d: DAY_MS, w: 7 * DAY_MS } as const;
type Unit = keyof typeof UNIT_MS;

/** Longer candles are of no use on a chart, and the limit keeps sums of times exact. */
const MAX_INTERVAL_MS = 366 * DAY_MS;

/** The Monday after the epoch, which was a Thursday: weeks begin on Mondays (ISO 8601). */
const FIRST_MONDAY_MS = 4 * DAY_MS;

/** Length of a candle: a whole number of minutes, hours, days or weeks, such as `45m`, `1h` or `2w`. */
export type Interval = `${number}${Unit}`;

/** The intervals that a chart offers, finest first. Any other one can be requested, too. */
export const INTERVALS = ['1m', '5m', '15m', '1h', '4h', '1d', '1w'] as const satisfies readonly Interval[];

/** The intervals of historical candles that are requested from providers, finest first. */
export const HISTORY_INTERVALS = ['1m', '5m', '15m', '1h', '4h', '1d'] as const satisfies readonly Interval[];
export type HistoryInterval = (typeof HISTORY_INTERVALS)[number];

export const intervalSchema = z.custom<Interval>(
  (value) => typeof value === 'string' && lengthOf(value) !== null,
  says(message('value.not-an-interval')),
);

/** A cache, because `intervalLengthMs` is called for every tick. There are only a few thousand intervals. */
const lengths = new Map<string, number>();

/**
 * Length of an interval in milliseconds.
 *
 * @throws RangeError for an interval that `intervalSchema` rejects
 */
export function intervalLengthMs(interval: Interval): number {
  const known = lengths.get(interval);
  if (known !== undefined) return known;
  const length = lengthOf(interval);
  if (length === null) throw new RangeError(`"${interval}" is not an interval.`);
  lengths.set(interval, length);
  return length;
}

/** Whether candles of the interval consist of whole UTC days and have dates instead of times. */
export function isOfDays(interval: Interval): boolean {
  return intervalLengthMs(interval) % DAY_MS === 0;
}

/** The start of one bucket, in milliseconds since the epoch. The others are multiples of the length away from it. */
export function bucketOrigin(interval: Interval): number {
  return interval.endsWith('w') ? FIRST_MONDAY_MS : 0;
}

/**
 * The start of the bucket that contains `at`, both in milliseconds since the epoch. Buckets are counted from the epoch, weeks
 * from a Monday, so that lengths that divide a day are aligned with UTC.
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
  return length <= MAX_INTERVAL_MS ? length : null;
}
