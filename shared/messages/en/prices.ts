import { formatAge } from '../../format/age.ts';
import { asSentence } from '../../format/as-sentence.ts';
import { formatSource } from '../../format/name.ts';
import type { Nested } from './nested.ts';

/** Why prices are missing or unusable. */
export const priceTexts = {
  'coins.without-price': (p: { reasons: readonly Nested[]; more: number }) => {
    const rest = p.more > 0 ? ` ${p.more} more ${p.more === 1 ? 'coin has' : 'coins have'} no price.` : '';
    return `${p.reasons.join(' ')}${rest}`;
  },
  'coin.no-price': (p: { coinId: string }) => `CoinGecko has no price for "${p.coinId}" at present.`,
  'coin.not-an-id': (p: { coinId: string }) => `"${p.coinId}" is not a CoinGecko coin id.`,
  'coin.unknown': (p: { coinId: string }) =>
    `"${p.coinId}" is not a CoinGecko coin id. The id is the "API ID" on the coin's page at coingecko.com.`,
  'coin.meant': (p: { coinId: string; meant: string; symbol: string | null }) => {
    const symbol = p.symbol === null ? '' : ` (symbol ${p.symbol})`;
    return `"${p.coinId}" is not a CoinGecko coin id. Did you mean "${p.meant}"${symbol}?`;
  },
  'coin.unusable-answer': (p: { coinId: string; reason: Nested }) =>
    `CoinGecko's response for "${p.coinId}" cannot be used: ${asSentence(p.reason)}`,
  'exchange.stream-refused': (p: {
    exchange: string;
    symbol: string;
    coinId: string;
    reason: Nested;
    more: number;
  }) =>
    `${formatSource(p.exchange)} refuses to stream ${p.symbol}, the market of ${p.coinId}: ${asSentence(p.reason)} ` +
    `Its price is requested every 10 s instead.${p.more === 0 ? '' : ` The same applies to ${p.more} more.`}`,
  'tick-times.rejected': (p: { of: readonly Nested[] }) =>
    `${p.of.join(' ')} Such prices are ignored; no action is needed.`,
  'tick-times.source': (p: { source: string; market: string; count: number; fault: Nested }) =>
    `${formatSource(p.source)} gave ${p.count === 1 ? 'a price' : `${p.count} prices`} whose time cannot be right ` +
    `(${p.market}: it ${p.fault}).`,
  'tick-time.too-small': () => 'is too small by a factor of a thousand: it is in another unit',
  'tick-time.too-large': (p: { factor: 1_000 | 1_000_000 }) =>
    `is too large by a factor of a ${p.factor === 1_000 ? 'thousand' : 'million'}: it is in another unit`,
  'tick-time.future': (p: { aheadMs: number }) => `is ${formatAge(p.aheadMs)} in the future`,
  'tick-time.too-early': () => 'is before the first block of Bitcoin',
  'clock.off': (p: { offsetMs: number; hosts: readonly string[] }) =>
    `This machine's clock is about ${formatAge(Math.abs(p.offsetMs))} ${p.offsetMs > 0 ? 'behind' : 'ahead of'} the clocks of ` +
    `${p.hosts.join(' and ')}. Prices and alerts use their time; correct this clock.`,
};
