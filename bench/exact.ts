import { calmPrices, type ExactErrors, exactErrors } from '../electron/monitor/alerts/exact-fixture.ts';
import type { BenchResult } from './result.ts';

const TICKS_PER_SECOND = 100;
const DAY_SECONDS = 86_400;
const DAYS = 7;
/** The largest relative error that rules may have. */
const BOUND = 1e-9;
const UNIT = 1e-15;
const MINUTE_MS = 60_000;
/** Ticks between jumps, some eleven hours: the longest window contains a jump most of the time. */
const JUMP_EVERY = 4_000_000;

/**
 * The largest relative error of the state of rules after a week of 100 ticks a second, compared with exact arithmetic: means of
 * three windows, an exponential average, and the variance of one-minute returns. `--days=1` shortens the run.
 */
export function benchExact(): readonly BenchResult[] {
  const days = Number(
    process.argv.find((word) => word.startsWith('--days='))?.slice('--days='.length) ?? DAYS,
  );
  const count = days * DAY_SECONDS * TICKS_PER_SECOND;
  return [
    ...resultsOf('calm', days, exactErrors(count, 1_000 / TICKS_PER_SECOND, calmPrices(5))),
    ...resultsOf('jumping', days, exactErrors(count, 1_000 / TICKS_PER_SECOND, calmPrices(11, JUMP_EVERY))),
  ];
}

function resultsOf(
  prices: string,
  days: number,
  { means, exponential, variance }: ExactErrors,
): BenchResult[] {
  const all = [
    ...means.map(({ lengthMs, error }) => ({ what: `mean of ${lengthMs / MINUTE_MS} min`, error })),
    { what: 'exponential average of 5 min', error: exponential },
    { what: 'variance of minutes', error: variance },
  ];
  return all.map(({ what, error }) => ({
    name: `${prices} ${days} d: ${what}`,
    value: error.worst() / UNIT,
    unit: `e-15 of ${error.count()} compared`,
    ratio: error.worst() / BOUND,
    ratioTo: 'the bound of 1e-9',
  }));
}
