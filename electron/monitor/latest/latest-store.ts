import type { VolumeKind } from '../../../shared/domain/candle.ts';
import type { CandleSeries } from '../../../shared/domain/candle-series.ts';
import type { Interval } from '../../../shared/domain/interval.ts';
import type { QuoteState } from './quote-state.ts';

/** The quote of a coin, as `Quotes.save` gives it. */
export type KeptQuote = { readonly coinId: string; readonly state: QuoteState };

/** Which candles: those of `limit` buckets up to the one that starts at `lastStart`. */
export type CandleRangeKey = {
  readonly coinId: string;
  readonly vsCurrency: string;
  readonly interval: Interval;
  readonly limit: number;
  readonly lastStart: number;
  readonly volumeKind: VolumeKind | null;
};

/** Candles that hold all ticks of their coin that were stored up to `asOf`, the time of the newest of them. */
export type DatedCandles = { readonly asOf: number; readonly series: CandleSeries };

/**
 * What processes share of the present: the newest quotes, ranges of candles that were read lately, and the token that admits browsers.
 * All of it is a copy. Nothing here rejects: what cannot be read is as good as not there, and what cannot be kept is given up, because
 * its owner has it elsewhere. A quote never replaces a newer one, whoever keeps them in whatever order.
 */
export type LatestStore = {
  /** Keeps quotes. Of each coin the shown price and the newest one of the reference source are each kept where they are newer. */
  keepQuotes(vsCurrency: string, quotes: readonly KeptQuote[]): Promise<void>;
  /** What is kept of these coins. A time that cannot be yet is not believed. */
  quotes(vsCurrency: string, coinIds: readonly string[]): Promise<ReadonlyMap<string, QuoteState>>;
  /** Keeps candles for a minute. */
  keepCandles(key: CandleRangeKey, candles: DatedCandles): Promise<void>;
  candles(key: CandleRangeKey): Promise<DatedCandles | null>;
  /** The token that all processes accept: the first that any of them has offered; null while that is unknown. */
  sharedToken(own: string): Promise<string | null>;
  close(): Promise<void>;
};

/** How long candles are kept: history that is loaded later appears after that. */
export const CANDLES_KEPT_MS = 60_000;
/** Quotes of coins that nobody watches any more are forgotten. */
export const QUOTES_KEPT_MS = 7 * 24 * 3_600_000;
/** Clocks of machines differ, and those of providers; a price from further ahead would stay the newest until its time has come. */
export const AHEAD_MS = 5 * 60_000;
