import type { VolumeKind } from '../../../shared/domain/candle.ts';
import type { CandleSeries } from '../../../shared/domain/candle-series.ts';
import type { Interval } from '../../../shared/domain/interval.ts';
import type { QuoteState } from './quote-state.ts';

/** The quote of a coin, as `Quotes.save` returns it. */
export type KeptQuote = { readonly coinId: string; readonly state: QuoteState };

/** The range of candles: `limit` buckets up to the one that starts at `lastStart`. */
export type CandleRangeKey = {
  readonly coinId: string;
  readonly vsCurrency: string;
  readonly interval: Interval;
  readonly limit: number;
  readonly lastStart: number;
  readonly volumeKind: VolumeKind | null;
};

/** Candles that include all ticks of their coin that were stored up to `asOf`, the time of the newest of them. */
export type DatedCandles = { readonly asOf: number; readonly series: CandleSeries };

/**
 * What processes share about the present: the newest quotes, recently read ranges of candles, and the token that admits browsers.
 * All of it is a copy. Nothing here rejects: a value that cannot be read counts as missing, and a value that cannot be stored is
 * dropped, because its owner has it elsewhere. A quote never replaces a newer one, regardless of which process stores them in
 * which order.
 */
export type LatestStore = {
  /** Stores quotes. The shown price and the newest price of the reference source are each stored only if newer. */
  keepQuotes(vsCurrency: string, quotes: readonly KeptQuote[]): Promise<void>;
  /** The stored quotes of these coins. Quotes with an implausible future time are ignored. */
  quotes(vsCurrency: string, coinIds: readonly string[]): Promise<ReadonlyMap<string, QuoteState>>;
  /** Stores candles for a minute. */
  keepCandles(key: CandleRangeKey, candles: DatedCandles): Promise<void>;
  candles(key: CandleRangeKey): Promise<DatedCandles | null>;
  /** The token that all processes accept: the first that any of them has offered; null while that is unknown. */
  sharedToken(own: string): Promise<string | null>;
  close(): Promise<void>;
};

/** How long candles are cached: history that is loaded later appears after that. */
export const CANDLES_KEPT_MS = 60_000;
/** Quotes of coins that are no longer watched expire. */
export const QUOTES_KEPT_MS = 7 * 24 * 3_600_000;
/** The clocks of machines and providers differ; a price from further ahead would stay the newest until its time has come. */
export const AHEAD_MS = 5 * 60_000;
