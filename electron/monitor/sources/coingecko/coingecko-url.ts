import type { CallKind } from '../budget/admission.ts';

/** The kind of a call to CoinGecko, from the end of its path; the base URL may add any prefix. */
export function callKindOf(url: string): CallKind {
  const path = URL.parse(url)?.pathname ?? url;
  if (path.endsWith('/simple/price')) return 'price';
  return /\/coins\/[^/]+\/(ohlc|market_chart)(\/range)?$/.test(path) ? 'history' : 'catalog';
}

/**
 * Unescapes the commas of a URL. With the provider's `%2C`, the ids of 500 coins would not fit into one URL. RFC 3986
 * (3.4) allows commas in a query.
 */
export function withPlainCommas(url: string): string {
  return url.replaceAll('%2C', ',');
}

/** Servers and proxies accept URLs of 8,000 characters; the base and the other parameters take 200 to 300. */
const MAX_IDS_LENGTH = 7_700;

/** Splits coin ids into as few groups as fit into a URL each: one for 500 ids of ordinary length. */
export function splitIds(coins: readonly string[]): readonly (readonly string[])[] {
  const groups: string[][] = [];
  let length = Number.POSITIVE_INFINITY;
  for (const coin of coins) {
    const added = encodeURIComponent(coin).length + 1;
    if (length + added > MAX_IDS_LENGTH) {
      groups.push([]);
      length = 0;
    }
    groups.at(-1)?.push(coin);
    length += added;
  }
  return groups;
}
