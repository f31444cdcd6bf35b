import type { Candle, VolumeKind } from '../../../shared/domain/candle.ts';
import type { CandleSeries } from '../../../shared/domain/candle-series.ts';
import { bucketStart, type Interval } from '../../../shared/domain/interval.ts';
import type { SourceSince } from '../../../shared/domain/source-since.ts';
import { type BucketPrice, fold, open } from './fold-price.ts';
import { joinedSources, withSource } from './sources.ts';

/** Candles per request. */
export const PAGE_LIMIT = 500;

/**
 * A page of consecutive candles. The newest page has its last candle separately as `live`, so that `closed` keeps its identity when
 * a new price arrives, and what is drawn from it is not drawn again.
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
  /** The counter of trades up to which the candles contain the traded volume; null while it is unknown. */
  readonly tradedTotal: number | null;
  /** The start of the candle that is not closed yet, if the page has begun it and it contains no trade; null otherwise. */
  readonly pollsOnly: number | null;
};

/** A price that is folded into the candles of a chart. */
export type LivePrice = {
  readonly observedAt: number;
  readonly price: number;
  readonly volume24h: number | null;
  /** See `Quote`; null if it is unknown for this price. */
  readonly tradedTotal: number | null;
  /** See `Quote`. */
  readonly isTrade: boolean;
  /** Null if it is unknown. */
  readonly source: string | null;
};

/**
 * The newest page of a series.
 *
 * @param tradedTotal the counter of trades when the series arrived. Trades of the last second may be published but not yet written
 *   when a series is read, or the reverse: until the next fetch, the candle that is not closed yet may differ by these.
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

/** A page that precedes another. */
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
 * The newest page with one more price folded in, and with the volume traded since the previous price. Prices that it already
 * contains change nothing if they come in the order of their times: the same page is returned.
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
  // The source of a price that changes nothing is ignored.
  const isOfLive = folded.live !== page.live && folded.live?.start === start && tick.source !== null;
  const sources = isOfLive ? withSource(page.sources, start, tick.source) : page.sources;
  return { ...folded, volumeKind, sources, tradedTotal, pollsOnly };
}

/**
 * Whether the candle with this start is known to have trades. A price that was polled while trades could not be received is that of
 * the last trade, which may belong to an earlier candle.
 */
function hasTrades({ closed, live, volumeKind }: CandlePage, start: number): boolean {
  if (volumeKind !== 'traded') return false;
  const candle = live?.start === start ? live : closed.findLast((one) => one.start === start);
  return (candle?.volume ?? 0) > 0;
}

/** The growth of the counter: zero if it was unknown before, or was reset by a restart of the program. */
function tradedSince(before: number | null, now: number | null): number {
  return before === null || now === null ? 0 : Math.max(0, now - before);
}

/** The kind of volume of a series whose first volume this is; null without one. */
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
 * Limits the memory of a window that is open for months: when the newest page has grown to twice `PAGE_LIMIT` candles, only its
 * newest `PAGE_LIMIT` are kept. Older pages, which would then leave a gap, are dropped, and fetched again when needed.
 */
export function trimPages(pages: readonly CandlePage[]): readonly CandlePage[] {
  const [newest] = pages;
  if (newest === undefined || newest.closed.length < 2 * PAGE_LIMIT) return pages;
  return [{ ...newest, closed: newest.closed.slice(-PAGE_LIMIT), hasOlder: true }];
}

/** The end of the page to request, and its kind of volume. */
export type OlderThan = { readonly before: number; readonly volumeKind: VolumeKind | null };

/** The request for the page before the oldest one; undefined if there is nothing older. A chart has one kind of volume. */
export function olderThan(pages: readonly CandlePage[]): OlderThan | undefined {
  const oldest = pages.at(-1);
  const before = oldest?.closed[0]?.start;
  return oldest?.hasOlder && before !== undefined ? { before, volumeKind: kindOf(pages) } : undefined;
}

/** The kind of volume of a chart: that of its newest page that has any. */
export function kindOf(pages: readonly CandlePage[]): VolumeKind | null {
  return pages.find(({ volumeKind }) => volumeKind !== null)?.volumeKind ?? null;
}

/**
 * The closed candles of all pages, oldest first; pages are newest first. Volume of another kind than the chart's is omitted: a page
 * that was fetched before the kind was known may have it.
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

/** The sources of the candles of all pages. */
export function joinSources(pages: readonly CandlePage[]): readonly SourceSince[] {
  return joinedSources(pages.toReversed().map(({ sources }) => sources));
}
