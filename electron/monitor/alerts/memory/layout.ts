import { sampleStepMs } from './sample-step.ts';

/** Prices that are closer together make no average worth an alert; of a window that is too short, those of half of it. */
const MIN_SPAN_MS = 60_000;
const MIN_SPAN_SHARE = 0.5;

/** Of a rule: when its condition was last clearly over, and since when it has held. */
export const CALM_AT = 0;
export const SINCE = 1;
/** As whole numbers: the side on which it holds, 0 for none, and whether it has held for long enough to be raised. */
export const SIDE = 4;
export const FIRED = 5;
export const RULE_CELLS = 3;

/** Of a series: when the next sample is due, and the time of the newest, for which its block need not be fetched. */
export const NEXT_AT = 0;
export const SAMPLED_AT = 1;
/** As a whole number: the place behind its newest sample. */
export const END = 4;
const SERIES_CELLS = 3;

/** Of a window. */
export const SUM = 0;
export const COMPENSATION = 1;
export const MEAN = 2;
/** As whole numbers: how many samples it has, and the place of the oldest. */
export const COUNT = 6;
export const OLDEST = 7;
const WINDOW_CELLS = 4;

/** Cells in a line of the processor's cache. */
const LINE_CELLS = 8;

export type WindowLayout = {
  readonly lengthMs: number;
  /** From the oldest to the newest price, for the window to have a mean. */
  readonly minSpanMs: number;
  readonly cell: number;
  /** Where the cells of its series are. */
  readonly series: number;
  /** The longest window of a series keeps the samples; the others are within it. */
  readonly isLongest: boolean;
};

export type SeriesLayout = {
  readonly stepMs: number;
  readonly cell: number;
  /** Its windows are those from `first` to before `end`, the longest last. */
  readonly first: number;
  readonly end: number;
};

/**
 * Where a track keeps its numbers: the time of its newest tick, how it stands with each rule, then the series of
 * samples with their windows. Each of them is a double, but for the two whole numbers that the last cell of a series or a
 * window holds. They fill whole lines of the processor's cache, two with one rule of one window, so that tracks share none.
 */
export type Layout = {
  readonly cells: number;
  readonly rules: number;
  readonly series: readonly SeriesLayout[];
  readonly windows: readonly WindowLayout[];
};

/** A layout for this many rules, and windows of these lengths, each once. */
export function layoutFor(rules: number, lengthsMs: readonly number[]): Layout {
  let cells = 1 + RULE_CELLS * rules;
  const take = (count: number): number => {
    cells += count;
    return cells - count;
  };
  const lengths = [...new Set(lengthsMs)].toSorted((a, b) => a - b);
  const windows: WindowLayout[] = [];
  const series = [...new Set(lengths.map(sampleStepMs))].map((stepMs): SeriesLayout => {
    const cell = take(SERIES_CELLS);
    const own = lengths.filter((lengthMs) => sampleStepMs(lengthMs) === stepMs);
    const first = windows.length;
    for (const lengthMs of own) {
      const minSpanMs = Math.min(MIN_SPAN_MS, lengthMs * MIN_SPAN_SHARE);
      const isLongest = lengthMs === own.at(-1);
      windows.push({ lengthMs, minSpanMs, cell: take(WINDOW_CELLS), series: cell, isLongest });
    }
    return { stepMs, cell, first, end: windows.length };
  });
  return { cells: LINE_CELLS * Math.ceil(cells / LINE_CELLS), rules, series, windows };
}
