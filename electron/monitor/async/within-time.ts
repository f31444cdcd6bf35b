import type { Clock } from '../time/clock.ts';
import { unlessAborted } from './unless-aborted.ts';

/**
 * Runs work with a timeout. On the timeout, its signal aborts with the error of `tooLate`, and the promise rejects
 * with it, even if the work ignores the signal.
 *
 * @param ms in the clock's time; Infinity for no timeout
 * @param signal aborts the work earlier, with its own reason
 */
export async function withinTime<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { ms, clock, signal, tooLate }: TimeLimit,
): Promise<T> {
  if (ms === Number.POSITIVE_INFINITY) return work(signal);
  const late = new AbortController();
  const done = new AbortController();
  clock.sleep(ms, done.signal).then(
    () => late.abort(tooLate()),
    () => undefined, // completed in time
  );
  const either = AbortSignal.any([signal, late.signal]);
  try {
    return await unlessAborted(either, work(either));
  } finally {
    done.abort();
  }
}

type TimeLimit = {
  readonly ms: number;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly signal: AbortSignal;
  readonly tooLate: () => Error;
};
