import type { ExchangeId } from '../../shared/settings/settings.ts';
import { usdPerUnit } from '../currencies.ts';
import type { Market } from '../market.ts';
import type { QuoteBoard } from '../quote-board.ts';
import type { Pair } from './pairs.ts';
import type { TradeTape } from './trade-tape.ts';

const DAY_MS = 86_400_000;
/** The fraction of a coin's turnover that is traded on one market of one exchange. */
const SHARE = 1 / 20;
const PRICES_PER_CANDLE = 16;

export type Candle = {
  /** Milliseconds since the epoch. */
  readonly start: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** In units of the coin. */
  readonly volume: number;
  readonly trades: number;
};

/** A half-open range of the market's time without trades, in ms. */
export type Quiet = { readonly from: number; readonly to: number };

/** The prices, candles and trades of the simulated exchanges, independent of their formats. */
export type Venue = {
  readonly pairs: readonly Pair[];
  readonly tape: TradeTape;
  /** The market's time. */
  now(): number;
  priceNow(pair: Pair): number;
  priceAt(pair: Pair, at: number): number;
  /** The volume of the 24 hours before an instant, in units of the coin. */
  dailyVolume(pair: Pair, at: number): number;
  /** The volume of a period that starts at an instant, in units of the coin. */
  volumeWithin(pair: Pair, start: number, lengthMs: number): number;
  /** Candles that start in a range of time, both ends included, oldest first; the newest may be incomplete. */
  candles(pair: Pair, lengthMs: number, from: number, to: number): readonly Candle[];
  /** Whether an exchange refuses to stream the trades of a listed market. */
  isRefused(exchange: ExchangeId, pair: Pair): boolean;
};

/** @param factor the ratio of the exchanges' prices to the provider's */
export function createVenue(parts: {
  readonly market: Market;
  readonly board: QuoteBoard;
  readonly pairs: readonly Pair[];
  readonly tape: TradeTape;
  readonly factor: () => number;
  readonly quiet: () => Quiet | null;
  readonly isRefused: Venue['isRefused'];
}): Venue {
  const { market, board, pairs, tape, factor, quiet, isRefused } = parts;

  /** US dollars for one unit of the quote currency; for a stablecoin, the price of that coin. */
  const usdPerQuote = (vsCurrency: string, at: number): number => {
    const token = market.coins.find((coin) => coin.symbol === vsCurrency);
    return usdPerUnit(market, vsCurrency, at) ?? (token === undefined ? 1 : market.priceUsd(token, at));
  };
  const inQuote = ({ vsCurrency }: Pair, priceUsd: number, at: number): number =>
    (priceUsd * factor()) / usdPerQuote(vsCurrency, at);
  const priceAt = (pair: Pair, at: number) => inQuote(pair, market.priceUsd(pair.coin, at), at);
  const dailyVolume = ({ coin }: Pair, at: number) =>
    (market.volume24hUsd(coin, at) * SHARE) / market.priceUsd(coin, at);

  const volumeWithin = (pair: Pair, start: number, lengthMs: number): number =>
    (dailyVolume(pair, start) * lengthMs) / DAY_MS;

  const candle = (pair: Pair, lengthMs: number, start: number): Candle => {
    const end = Math.min(start + lengthMs, board.now());
    const silence = quiet();
    if (silence !== null && start >= silence.from && start + lengthMs <= silence.to) {
      const price = priceAt(pair, silence.from);
      return { start, open: price, high: price, low: price, close: price, volume: 0, trades: 0 };
    }
    const prices = Array.from({ length: PRICES_PER_CANDLE }, (_, part) =>
      priceAt(pair, start + ((end - start) * part) / (PRICES_PER_CANDLE - 1)),
    );
    return {
      start,
      open: prices.at(0) ?? 0,
      high: Math.max(...prices),
      low: Math.min(...prices),
      close: prices.at(-1) ?? 0,
      volume: volumeWithin(pair, start, lengthMs),
      trades: PRICES_PER_CANDLE,
    };
  };

  return {
    pairs,
    tape,
    now: board.now,
    priceNow: (pair) => inQuote(pair, board.livePriceUsd(pair.coin), board.now()),
    priceAt,
    dailyVolume,
    volumeWithin,
    isRefused,
    candles(pair, lengthMs, from, to) {
      const candles: Candle[] = [];
      const last = Math.min(to, board.now());
      for (let start = Math.ceil(from / lengthMs) * lengthMs; start <= last; start += lengthMs) {
        candles.push(candle(pair, lengthMs, start));
      }
      return candles;
    },
  };
}
