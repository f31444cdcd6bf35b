import type { SourceSince } from '../../../shared/domain/source-since.ts';
import type { TimeRange } from './chart-view.ts';
import type { Scene } from './scene.ts';

type Sources = readonly SourceSince[];

/** Index of the entry that holds for a candle; -1 where nothing is known. */
function indexAt(sources: Sources, start: number): number {
  let low = 0;
  let high = sources.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sources[middle]?.since ?? Number.POSITIVE_INFINITY) <= start) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The source of the prices of a candle; null where it is not known. */
export function sourceAt(sources: Sources, start: number): string | null {
  return sources[indexAt(sources, start)]?.source ?? null;
}

/** The changes of source from one candle to the next that starts within the range. The first entry is not a change. */
export function changesWithin(sources: Sources, { from, to }: TimeRange): Sources {
  return sources.slice(1).filter(({ since }) => since >= from && since < to);
}

/** The sources of the candles that start within the range, in the order in which they come, each once. */
export function sourcesWithin(sources: Sources, { from, to }: TimeRange): readonly string[] {
  const first = Math.max(0, indexAt(sources, from));
  const names = sources.slice(first).filter(({ since }) => since < to);
  return [...new Set(names.map(({ source }) => source))];
}

/** The sources after a price of the newest candle: its candle is of the source that the last price came from. */
export function withSource(sources: Sources, start: number, source: string): Sources {
  const last = sources.at(-1);
  if (last === undefined || last.since < start) {
    return last?.source === source ? sources : [...sources, { since: start, source }];
  }
  // A price of an earlier candle does not say whose that candle is.
  if (last.since > start || last.source === source) return sources;
  return withSource(sources.slice(0, -1), start, source);
}

/** The sources of stretches that follow one another, oldest first. */
export function joinedSources(stretches: readonly Sources[]): Sources {
  const joined: SourceSince[] = [];
  for (const one of stretches.flat()) if (joined.at(-1)?.source !== one.source) joined.push(one);
  return joined;
}

/** The stretch of a scene in which there are candles; null where there is none. */
function stretchOfCandles({ candles, first, end, live, range }: Scene): TimeRange | null {
  const from = end > first ? candles[first]?.start : live?.start;
  return from === undefined ? null : { from, to: range.to };
}

/** The sources of the candles that a scene shows, in the order in which they come. */
export function sourcesInSight(scene: Scene): readonly string[] {
  const stretch = stretchOfCandles(scene);
  return stretch === null ? [] : sourcesWithin(scene.inputs.sources, stretch);
}

/** The changes of source between two candles that a scene shows. */
export function changesInSight(scene: Scene): Sources {
  const stretch = stretchOfCandles(scene);
  return stretch === null ? [] : changesWithin(scene.inputs.sources, { ...stretch, from: stretch.from + 1 });
}
