import type { Candle, VolumeKind } from '../../../shared/domain/candle.ts';
import type { CandleSeries } from '../../../shared/domain/candle-series.ts';
import { bucketStart, type Interval } from '../../../shared/domain/interval.ts';
import type { SourceSince } from '../../../shared/domain/source-since.ts';
import { type BucketPrice, fold, open } from './fold-price.ts';
import { joinedSources, withSource } from './sources.ts';

/** Candles in one request. */
export const PAGE_LIMIT = 500;

/**
 * A stretch of candles. The newest stretch keeps its last candle apart as `live`, so that a new price leaves `closed`
 * the very same array and whatever is drawn from it need not be drawn again.
 */
export type CandlePage = {
  /** Oldest first. */
  readonly closed: readonly Candle[];
  readonly live: Candle | null;
  readonly volumeKind: VolumeKind | null;
  /** See `CandleSeries`. */
  readonly sources: readonly SourceSince[];
  /** False when the monitor has nothing before this page. */
  readonly hasOlder: boolean;
  /** The counter of trades up to which the candles know what was traded; null while it is not known. */
  readonly tradedTotal: number | null;
  /** Start of the candle that is not closed yet when it was begun here and holds no trade; null otherwise. */
  readonly pollsOnly: number | null;
};

/** A price as the chart takes it in. */
export type LivePrice = {
  readonly observedAt: number;
  readonly price: number;
  readonly volume24h: number | null;
  /** See `Quote`; null where it is not known with this price. */
  readonly tradedTotal: number | null;
  /** See `Quote`. */
  readonly isTrade: boolean;
  /** Null where it is not known. */
  readonly source: string | null;
};

/**
 * The newest stretch of a series.
 *
 * @param tradedTotal the counter of trades when the series came. Trades of the last second may not be written when a series is
 *   read, or written and not published: the candle that is not closed yet may be off by these until the series is fetched again.
 */
export function newestPage(series: CandleSeries, tradedTotal: number | null): CandlePage {
  return {
    closed: series.candles.slice(0, -1),
    live: series.candles.at(-1) ?? null,
    volumeKind: series.volumeKind,
    sources: series.sources,
    hasOlder: series.candles.length >= PAGE_LIMIT,
    tradedTotal,
    pollsOnly: null,
  };
}

/** A stretch that ends before another begins. */
export function olderPage(series: CandleSeries): CandlePage {
  return {
    closed: series.candles,
    live: null,
    volumeKind: series.volumeKind,
    sources: series.sources,
    hasOlder: series.candles.length >= PAGE_LIMIT,
    tradedTotal: null,
    pollsOnly: null,
  };
}

/**
 * The newest stretch with one more price in it, and with what was traded since the price before. Prices that it already
 * holds change nothing, provided that they come in the order of their times; then the very same page is returned.
 */
export function foldPrice(page: CandlePage, interval: Interval, tick: LivePrice): CandlePage {
  const start = bucketStart(tick.observedAt, interval);
  const traded = tradedSince(page.tradedTotal, tick.tradedTotal);
  const volumeKind = page.volumeKind ?? kindOfFirstVolume(traded, tick.volume24h);
  if (!tick.isTrade && hasTrades(page, start)) return page;
  const isOfPolls = page.pollsOnly !== null && page.pollsOnly === page.live?.start;
  // The first trade of a candle replaces the prices that were polled before it.
  const replaces = isOfPolls && tick.isTrade && start === page.live?.start;
  const folded = foldInto(replaces ? { ...page, live: null } : page, start, {
    price: tick.price,
    level: volumeKind === 'rolling-24h' ? tick.volume24h : null,
    traded: volumeKind === 'traded' ? traded : 0,
  });
  const tradedTotal = tick.tradedTotal ?? page.tradedTotal;
  if (folded === page && tradedTotal === page.tradedTotal) return page;
  const begins = folded.live?.start !== page.live?.start;
  const pollsOnly = !tick.isTrade && (begins || isOfPolls) ? (folded.live?.start ?? null) : null;
  // Of prices that change nothing it does not matter whose they are.
  const isOfLive = folded.live !== page.live && folded.live?.start === start && tick.source !== null;
  const sources = isOfLive ? withSource(page.sources, start, tick.source) : page.sources;
  return { ...folded, volumeKind, sources, tradedTotal, pollsOnly };
}

/**
 * Whether the candle of that start is known to have trades. A price that was polled while trades could not be received is
 * that of the last one, which may be of an earlier candle.
 */
function hasTrades({ closed, live, volumeKind }: CandlePage, start: number): boolean {
  if (volumeKind !== 'traded') return false;
  const candle = live?.start === start ? live : closed.findLast((one) => one.start === start);
  return (candle?.volume ?? 0) > 0;
}

/** By how much the counter grew: zero when it was unknown before, or was reset by a restart of the program. */
function tradedSince(before: number | null, now: number | null): number {
  return before === null || now === null ? 0 : Math.max(0, now - before);
}

/** What a series without any volume becomes by the first that comes. */
function kindOfFirstVolume(traded: number, volume24h: number | null): VolumeKind | null {
  if (traded > 0) return 'traded';
  return volume24h === null ? null : 'rolling-24h';
}

function foldInto(page: CandlePage, start: number, price: BucketPrice): CandlePage {
  const { live } = page;
  if (live === null) return { ...page, live: open(start, price) };
  if (start > live.start) return { ...page, closed: [...page.closed, live], live: open(start, price) };
  if (start < live.start) return foldLate(page, start, price);
  const folded = fold(live, price);
  return folded === live ? page : { ...page, live: folded };
}

/** Folds a price into a candle that is already closed; prices from before the page are ignored. */
function foldLate(page: CandlePage, start: number, price: BucketPrice): CandlePage {
  const index = page.closed.findLastIndex((candle) => candle.start <= start);
  const found = page.closed[index];
  if (found === undefined) return page;
  if (found.start !== start) {
    return { ...page, closed: page.closed.toSpliced(index + 1, 0, open(start, price)) };
  }
  const folded = fold(found, price);
  return folded === found ? page : { ...page, closed: page.closed.with(index, folded) };
}

/**
 * What a page that stays open for months keeps: the newest stretch, cut to its newest `PAGE_LIMIT` candles when it has
 * grown to twice that. Older stretches are then dropped, because they no longer adjoin, and are fetched again when needed.
 */
export function trimPages(pages: readonly CandlePage[]): readonly CandlePage[] {
  const [newest] = pages;
  if (newest === undefined || newest.closed.length < 2 * PAGE_LIMIT) return pages;
  return [{ ...newest, closed: newest.closed.slice(-PAGE_LIMIT), hasOlder: true }];
}

/** Where the stretch before another one ends, and the kind of volume to request. */
export type OlderThan = { readonly before: number; readonly volumeKind: VolumeKind | null };

/** The request for the stretch before the oldest one; undefined when there is nothing older. A chart has one kind of volume. */
export function olderThan(pages: readonly CandlePage[]): OlderThan | undefined {
  const oldest = pages.at(-1);
  const before = oldest?.closed[0]?.start;
  return oldest?.hasOlder && before !== undefined ? { before, volumeKind: kindOf(pages) } : undefined;
}

/** The kind of volume of a chart: that of its newest stretch that has any. */
export function kindOf(pages: readonly CandlePage[]): VolumeKind | null {
  return pages.find(({ volumeKind }) => volumeKind !== null)?.volumeKind ?? null;
}

/**
 * The closed candles of all stretches, oldest first; pages are newest first. Volume of another kind than the chart's is left
 * out: a stretch that was fetched before there was any may have one.
 */
export function joinClosed(pages: readonly CandlePage[]): readonly Candle[] {
  const kind = kindOf(pages);
  return pages
    .toReversed()
    .flatMap((page) =>
      page.volumeKind === kind || page.volumeKind === null
        ? page.closed
        : page.closed.map((candle) => ({ ...candle, volume: null })),
    );
}

/** The sources of the candles of all stretches. */
export function joinSources(pages: readonly CandlePage[]): readonly SourceSince[] {
  return joinedSources(pages.toReversed().map(({ sources }) => sources));
}
