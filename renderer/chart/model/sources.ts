import type { SourceSince } from '../../../shared/domain/source-since.ts';
import type { TimeRange } from './chart-view.ts';
import type { Scene } from './scene.ts';

type Sources = readonly SourceSince[];

/** Index of the entry that applies to a candle; -1 if there is none. */
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

/** The source of a candle; null if it is unknown. */
export function sourceAt(sources: Sources, start: number): string | null {
  return sources[indexAt(sources, start)]?.source ?? null;
}

/** The changes of the source at candles that start within the range. The first entry is not a change. */
export function changesWithin(sources: Sources, { from, to }: TimeRange): Sources {
  return sources.slice(1).filter(({ since }) => since >= from && since < to);
}

/** The distinct sources of the candles that start within the range, in order of appearance. */
export function sourcesWithin(sources: Sources, { from, to }: TimeRange): readonly string[] {
  const first = Math.max(0, indexAt(sources, from));
  const names = sources.slice(first).filter(({ since }) => since < to);
  return [...new Set(names.map(({ source }) => source))];
}

/** The sources after a price in the newest candle, whose source is that of its last price. */
export function withSource(sources: Sources, start: number, source: string): Sources {
  const last = sources.at(-1);
  if (last === undefined || last.since < start) {
    return last?.source === source ? sources : [...sources, { since: start, source }];
  }
  // A late price does not change the source of an earlier candle.
  if (last.since > start || last.source === source) return sources;
  return withSource(sources.slice(0, -1), start, source);
}

/** The sources of consecutive parts of a series, oldest first. */
export function joinedSources(parts: readonly Sources[]): Sources {
  const joined: SourceSince[] = [];
  for (const one of parts.flat()) if (joined.at(-1)?.source !== one.source) joined.push(one);
  return joined;
}

/** The part of the visible range from its first candle on; null without candles. */
function candleRange({ candles, first, end, live, range }: Scene): TimeRange | null {
  const from = end > first ? candles[first]?.start : live?.start;
  return from === undefined ? null : { from, to: range.to };
}

/** The distinct sources of the visible candles, in order of appearance. */
export function visibleSources(scene: Scene): readonly string[] {
  const range = candleRange(scene);
  return range === null ? [] : sourcesWithin(scene.inputs.sources, range);
}

/** The changes of the source between visible candles. */
export function visibleSourceChanges(scene: Scene): Sources {
  const range = candleRange(scene);
  return range === null ? [] : changesWithin(scene.inputs.sources, { ...range, from: range.from + 1 });
}
