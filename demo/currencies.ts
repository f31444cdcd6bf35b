import type { Market } from './market.ts';

/** US dollars for one unit. The rates are constant. */
const FIAT_IN_USD: ReadonlyMap<string, number> = new Map([
  ['usd', 1],
  ['aed', 0.2723],
  ['aud', 0.66],
  ['brl', 0.18],
  ['cad', 0.72],
  ['chf', 1.24],
  ['cny', 0.14],
  ['czk', 0.047],
  ['eur', 1.16],
  ['gbp', 1.33],
  ['inr', 0.0112],
  ['jpy', 0.0065],
  ['krw', 0.00068],
  ['pln', 0.27],
  ['sek', 0.105],
  ['sgd', 0.77],
]);

const COINS_AS_CURRENCIES: ReadonlyMap<string, string> = new Map([
  ['btc', 'bitcoin'],
  ['eth', 'ethereum'],
]);

/** The quote currencies of the market. */
export const VS_CURRENCIES: readonly string[] = [...COINS_AS_CURRENCIES.keys(), ...FIAT_IN_USD.keys()];

/** US dollars for one unit of a quote currency at `at`; null for an unknown currency. */
export function usdPerUnit(market: Market, vsCurrency: string, at: number): number | null {
  const fiat = FIAT_IN_USD.get(vsCurrency);
  if (fiat !== undefined) return fiat;
  const coin = market.find(COINS_AS_CURRENCIES.get(vsCurrency) ?? '');
  return coin === undefined ? null : market.priceUsd(coin, at);
}
