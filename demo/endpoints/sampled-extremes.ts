import type { DemoCoin } from '../coins.ts';
import type { Market } from '../market.ts';

const DAY_MS = 86_400_000;

export type Extreme = { readonly priceUsd: number; readonly at: number };
export type Extremes = { readonly highest: Extreme; readonly lowest: Extreme };

/** The highest and lowest of the prices at `count` instants that end at `until`, `stepMs` apart, and of `now`. */
function extremesOf(
  market: Market,
  coin: DemoCoin,
  range: { readonly until: number; readonly stepMs: number; readonly count: number },
  now: Extreme,
): Extremes {
  let highest = now;
  let lowest = now;
  for (let step = 0; step < range.count; step++) {
    const at = range.until - step * range.stepMs;
    const priceUsd = market.priceUsd(coin, at);
    if (priceUsd > highest.priceUsd) highest = { priceUsd, at };
    if (priceUsd < lowest.priceUsd) lowest = { priceUsd, at };
  }
  return { highest, lowest };
}

/** The last day, sampled every quarter of an hour. */
export function extremesOfDay(market: Market, coin: DemoCoin, now: Extreme): Extremes {
  return extremesOf(market, coin, { until: now.at, stepMs: DAY_MS / 96, count: 96 }, now);
}

/** "All time" in a market without a beginning: the last year, sampled once a day. */
export function extremesOfYear(market: Market, coin: DemoCoin, now: Extreme): Extremes {
  const today = Math.floor(now.at / DAY_MS) * DAY_MS;
  return extremesOf(market, coin, { until: today, stepMs: DAY_MS, count: 365 }, now);
}
