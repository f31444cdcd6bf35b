import { sampleStepMs } from './sample-step.ts';

/** Prices within a shorter span give no useful average; for a window that is too short, the span is half of it. */
const MIN_SPAN_MS = 60_000;
const MIN_SPAN_SHARE = 0.5;

/** The first cell of a track: the time of its newest tick. */
export const NEWEST_AT = 0;
/** After it, for each rule: when its condition was last clearly over. */
export const CALM_AT = 1;

/** Of a series: when the next sample is due. */
const SERIES_CELLS = 1;

/** Of a window. */
export const SUM = 0;
export const COMPENSATION = 1;
export const MEAN = 2;
const WINDOW_CELLS = 3;
/** As integers: the number of its samples, and the place of the oldest. */
export const COUNT = 0;
export const OLDEST = 1;
const WINDOW_INTS = 2;

/** Of a window of extremes: its highest and its lowest price, NaN if there is none. */
export const HIGH = 0;
export const LOW = 1;
/** When the oldest entry leaves the window. */
export const EXPIRES_AT = 2;
/** When prices have arrived for the whole length of the window: before that, an extreme covers less time. */
export const FILLED_AT = 3;
/** The end of the current step, and its extremes. */
export const STEP_END = 4;
export const STEP_HIGH = 5;
export const STEP_LOW = 6;
export const EXTREMES_CELLS = 7;

export type WindowLayout = {
  readonly lengthMs: number;
  /** From the oldest to the newest price, for the window to have a mean. */
  readonly minSpanMs: number;
  readonly cell: number;
  /** Where its integers are. */
  readonly int: number;
  /** The longest window of a series keeps the samples; the others are within it. */
  readonly isLongest: boolean;
};

export type SeriesLayout = {
  readonly stepMs: number;
  /** Where the time is at which the next sample is due. */
  readonly cell: number;
  /** Where the place after its newest sample is stored, an integer. */
  readonly int: number;
  /** Its windows, the longest last. */
  readonly windows: readonly WindowLayout[];
};

export type ExtremesLayout = {
  readonly lengthMs: number;
  readonly cell: number;
  /** Where the number of its queues is stored, an integer. */
  readonly int: number;
};

/**
 * Where a track keeps its numbers: the time of its newest tick, the state of each rule, the series of samples with their windows,
 * and the extremes. Doubles come first, then the integers, two to a cell: a track with one rule of one window fills one
 * cache line of the processor. Doubles are counted from the track's place, integers from twice that.
 */
export type Layout = {
  readonly cells: number;
  readonly rules: number;
  /** For each rule an integer from here on: the side on which its condition holds. */
  readonly sides: number;
  readonly series: readonly SeriesLayout[];
  readonly extremes: readonly ExtremesLayout[];
};

/** A layout for this many rules, and windows of these lengths for means and for extremes, each once. */
export function layoutFor(
  rules: number,
  meansOfMs: readonly number[],
  extremesOfMs: readonly number[] = [],
): Layout {
  const lengths = [...new Set(meansOfMs)].toSorted((a, b) => a - b);
  const steps = [...new Set(lengths.map(sampleStepMs))];
  const extremes = [...new Set(extremesOfMs)];
  const doubles =
    CALM_AT +
    rules +
    SERIES_CELLS * steps.length +
    WINDOW_CELLS * lengths.length +
    EXTREMES_CELLS * extremes.length;
  const cell = counterFrom(CALM_AT + rules);
  const int = counterFrom(2 * doubles);
  const sides = int(rules);
  const series = steps.map((stepMs): SeriesLayout => {
    const own = lengths.filter((lengthMs) => sampleStepMs(lengthMs) === stepMs);
    const windowOf = (lengthMs: number): WindowLayout => ({
      lengthMs,
      minSpanMs: Math.min(MIN_SPAN_MS, lengthMs * MIN_SPAN_SHARE),
      cell: cell(WINDOW_CELLS),
      int: int(WINDOW_INTS),
      isLongest: lengthMs === own.at(-1),
    });
    return { stepMs, cell: cell(SERIES_CELLS), int: int(1), windows: own.map(windowOf) };
  });
  return {
    rules,
    sides,
    series,
    extremes: extremes.map((lengthMs) => ({ lengthMs, cell: cell(EXTREMES_CELLS), int: int(1) })),
    cells: Math.ceil(int(0) / 2),
  };
}

/** Allocates places, several at a time. */
function counterFrom(first: number): (count: number) => number {
  let next = first;
  return (count) => {
    next += count;
    return next - count;
  };
}
