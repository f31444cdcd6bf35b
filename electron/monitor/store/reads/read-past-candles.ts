import type { ClientBase } from 'pg';
import {
  HISTORY_INTERVALS,
  type HistoryInterval,
  intervalLengthMs,
} from '../../../../shared/domain/interval.ts';
import type { PastCandle } from '../../../../shared/domain/past-candle.ts';
import type { CandleRange } from './queries.ts';
import { readCandlesBetween } from './read-candles.ts';

export type PastRange = Omit<CandleRange, 'interval'> & {
  /** The finest interval that is read; a minute when absent. */
  readonly finest?: HistoryInterval;
};

/**
 * Reads the finest stored candles of a coin in a range, oldest first: minutes where they exist, otherwise candles of 5 minutes up
 * to a day. They do not overlap.
 */
export async function readPastCandles(
  client: ClientBase,
  { finest = '1m', ...range }: PastRange,
): Promise<readonly PastCandle[]> {
  let known: readonly PastCandle[] = [];
  for (const interval of HISTORY_INTERVALS.slice(HISTORY_INTERVALS.indexOf(finest))) {
    const lengthMs = intervalLengthMs(interval);
    const unknown = spanOfGaps(known, range, lengthMs);
    if (unknown === null) continue;
    const coarser = await readCandlesBetween(client, { ...range, interval, ...unknown });
    known = joined(
      known,
      coarser.map((candle) => ({ ...candle, lengthMs })),
    );
  }
  return known;
}

/** The range from the first to the last gap that fits a candle of this length; null when there is none. */
function spanOfGaps(
  known: readonly PastCandle[],
  { from, to }: PastRange,
  lengthMs: number,
): { readonly from: number; readonly to: number } | null {
  let first: number | null = null;
  let last = from;
  let end = from;
  const addGap = (until: number): void => {
    if (until - end < lengthMs) return;
    first ??= end;
    last = until;
  };
  for (const candle of known) {
    addGap(candle.start);
    end = candle.start + candle.lengthMs;
  }
  addGap(to);
  return first === null ? null : { from: first, to: last };
}

/** Merges both lists in order of time, without coarse candles that contain a finer one. */
function joined(fine: readonly PastCandle[], coarse: readonly PastCandle[]): readonly PastCandle[] {
  const all: PastCandle[] = [];
  let index = 0;
  for (const candle of coarse) {
    const end = candle.start + candle.lengthMs;
    for (let next = fine[index]; next !== undefined && next.start < candle.start; next = fine[++index])
      all.push(next);
    const next = fine[index];
    if (next === undefined || next.start >= end) all.push(candle);
  }
  return [...all, ...fine.slice(index)];
}
