import type { NamedMarket } from './pairs.ts';
import type { Venue } from './venue.ts';

const DAY_MS = 86_400_000;
const PRICE_DECIMALS = 10;

/** The list of markets. */
export function exchangeInfo({ now }: Venue, markets: readonly NamedMarket[]) {
  return {
    timezone: 'UTC',
    serverTime: now(),
    rateLimits: [{ rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 6_000 }],
    exchangeFilters: [],
    symbols: markets.map(({ name, base, quote }) => ({
      symbol: name,
      status: 'TRADING',
      baseAsset: base,
      baseAssetPrecision: 8,
      quoteAsset: quote,
      quotePrecision: 8,
      quoteAssetPrecision: 8,
      baseCommissionPrecision: 8,
      quoteCommissionPrecision: 8,
      orderTypes: ['LIMIT', 'MARKET'],
      icebergAllowed: true,
      ocoAllowed: true,
      isSpotTradingAllowed: true,
      isMarginTradingAllowed: false,
      filters: [
        { filterType: 'PRICE_FILTER', minPrice: '0', maxPrice: '0', tickSize: '0.0000000001' },
        { filterType: 'LOT_SIZE', minQty: '0.00001', maxQty: '9000', stepSize: '0.00001' },
      ],
      permissions: [],
      permissionSets: [['SPOT']],
    })),
  };
}

/** The figures of the last 24 hours. */
export function ticker({ now, priceNow, priceAt, dailyVolume }: Venue, { pair, name }: NamedMarket) {
  const before = priceAt(pair, now() - DAY_MS);
  const price = priceNow(pair);
  const volume = dailyVolume(pair, now());
  const text = (value: number): string => value.toFixed(PRICE_DECIMALS);
  return {
    symbol: name,
    priceChange: text(price - before),
    priceChangePercent: ((price / before - 1) * 100).toFixed(3),
    weightedAvgPrice: text((price + before) / 2),
    prevClosePrice: text(before),
    lastPrice: text(price),
    lastQty: '0.01000000',
    bidPrice: text(price),
    bidQty: '1.00000000',
    askPrice: text(price),
    askQty: '1.00000000',
    openPrice: text(before),
    highPrice: text(Math.max(price, before)),
    lowPrice: text(Math.min(price, before)),
    volume: volume.toFixed(8),
    quoteVolume: (volume * price).toFixed(8),
    openTime: now() - DAY_MS,
    closeTime: now(),
    firstId: 1,
    lastId: 1_000,
    count: 1_000,
  };
}
