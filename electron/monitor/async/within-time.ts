import type { Clock } from '../time/clock.ts';
import { unlessAborted } from './unless-aborted.ts';

/**
 * Does the work, which is given up when it takes longer: its signal aborts with the error that `tooLate` makes, and the
 * promise rejects with it, also when the work does not listen to the signal.
 *
 * @param ms of the clock's time; Infinity for no limit
 * @param signal gives the work up earlier, with its own reason
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
    () => undefined, // it was done in time
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
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly tooLate: () => Error;
};
