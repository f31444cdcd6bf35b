import type { DemoCoin } from '../coins.ts';
import { usdPerUnit } from '../currencies.ts';
import type { Market } from '../market.ts';
import { parameterError, type Query } from './query.ts';
import { roundPrice } from './rounding.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How far back the history of the Demo plan reaches. */
const MAX_DAYS = 365;
/** A candle's high and low are those of this many evenly spaced prices, including its open and close. */
const PRICES_PER_CANDLE = 61;

/** Lengths of `/coins/{id}/ohlc` candles by range, as CoinGecko documents them. */
const CANDLE_MS: ReadonlyMap<number, number> = new Map([
  [1, 30 * MINUTE_MS],
  [7, 4 * HOUR_MS],
  [14, 4 * HOUR_MS],
  [30, 4 * HOUR_MS],
  [90, 4 * DAY_MS],
  [180, 4 * DAY_MS],
  [365, 4 * DAY_MS],
]);

/** `/coins/{id}/ohlc`: complete candles, oldest first, each with the time of its end, as CoinGecko returns them. */
export function ohlc(market: Market, coin: DemoCoin, now: number, query: Query): unknown {
  const days = query.count('days', { least: 1, most: MAX_DAYS, otherwise: 1 });
  const lengthMs = CANDLE_MS.get(days);
  if (lengthMs === undefined)
    throw parameterError(`Invalid days: must be one of ${[...CANDLE_MS.keys()].join(', ')}`);
  const priceAt = pricing(market, coin, query);
  const precision = query.text('precision');
  const newestEnd = Math.floor(now / lengthMs) * lengthMs;
  const candles: number[][] = [];
  for (let end = newestEnd - days * DAY_MS + lengthMs; end <= newestEnd; end += lengthMs) {
    const prices = Array.from({ length: PRICES_PER_CANDLE }, (_, part) =>
      priceAt(end - lengthMs + (part * lengthMs) / (PRICES_PER_CANDLE - 1)),
    );
    const [open, close] = [prices.at(0) ?? 0, prices.at(-1) ?? 0];
    const values = [open, Math.max(...prices), Math.min(...prices), close];
    candles.push([end, ...values.map((price) => roundPrice(price, precision))]);
  }
  return candles;
}

/** `/coins/{id}/market_chart`: 5-minute points for one day, hourly to 90 days, then daily; the last point is now. */
export function marketChart(market: Market, coin: DemoCoin, now: number, query: Query): unknown {
  const days =
    query.text('days') === 'max' ? MAX_DAYS : query.count('days', { least: 1, most: MAX_DAYS, otherwise: 1 });
  const interval = query.text('interval');
  const stepMs =
    interval === 'daily' ? DAY_MS : interval === 'hourly' ? HOUR_MS : automaticStepMs(days * DAY_MS);
  return chart(market, coin, query, instants(now - days * DAY_MS, now, stepMs).concat(now));
}

/** `/coins/{id}/market_chart/range`: from and to in UNIX seconds. */
export function marketChartRange(market: Market, coin: DemoCoin, now: number, query: Query): unknown {
  const limits = { least: 0, most: Math.floor(now / 1_000) + 1, otherwise: -1 };
  const from = query.count('from', limits) * 1_000;
  const to = query.count('to', { ...limits, most: Number.MAX_SAFE_INTEGER }) * 1_000;
  if (from < 0 || to < from)
    throw parameterError('Invalid range: from and to are required, and from must not be after to');
  const earliest = Math.max(from, now - MAX_DAYS * DAY_MS);
  return chart(market, coin, query, instants(earliest, Math.min(to, now), automaticStepMs(to - from)));
}

function automaticStepMs(rangeMs: number): number {
  if (rangeMs <= DAY_MS) return 5 * MINUTE_MS;
  return rangeMs <= 90 * DAY_MS ? HOUR_MS : DAY_MS;
}

/** Whole multiples of the step from `from` up to, and without, `to`. */
function instants(from: number, to: number, stepMs: number): number[] {
  const first = Math.ceil(from / stepMs);
  return Array.from(
    { length: Math.max(0, Math.ceil(to / stepMs) - first) },
    (_, step) => (first + step) * stepMs,
  );
}

function chart(market: Market, coin: DemoCoin, query: Query, at: readonly number[]): unknown {
  const priceAt = pricing(market, coin, query);
  const precision = query.text('precision') ?? 'full';
  return {
    prices: at.map((instant) => [instant, roundPrice(priceAt(instant), precision)]),
    market_caps: at.map((instant) => [instant, priceAt(instant) * coin.supply]),
    total_volumes: at.map((instant) => [
      instant,
      (market.volume24hUsd(coin, instant) * priceAt(instant)) / market.priceUsd(coin, instant),
    ]),
  };
}

function pricing(market: Market, coin: DemoCoin, query: Query): (at: number) => number {
  const vsCurrency = query.text('vs_currency');
  if (vsCurrency === null) throw parameterError('Missing parameter vs_currency');
  if (usdPerUnit(market, vsCurrency, 0) === null) throw parameterError('invalid vs_currency');
  return (at) => market.priceUsd(coin, at) / (usdPerUnit(market, vsCurrency, at) ?? 1);
}
