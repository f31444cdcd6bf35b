import { describe, expect, it } from 'vitest';
import { toExchangeError } from './exchange-error.ts';

/** An error with a ccxt error name. */
const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

describe("the message made of ccxt's error", () => {
  it.each([
    [
      'NetworkError',
      'kraken GET https://api.kraken.com/0/public/AssetPairs fetch failed: getaddrinfo ENOTFOUND api.kraken.com',
      'cannot reach kraken: getaddrinfo ENOTFOUND api.kraken.com',
    ],
    [
      'RequestTimeout',
      'kraken GET https://api.kraken.com/x request timed out (10000 ms)',
      'cannot reach kraken: request timed out (10000 ms)',
    ],
    [
      'RateLimitExceeded',
      'kraken {"error":["EAPI:Rate limit exceeded"]}',
      'kraken limits our requests: kraken {"error":["EAPI:Rate limit exceeded"]}',
    ],
    ['ExchangeError', 'no market is named x', "kraken's response cannot be used: no market is named x"],
  ])('%s: %s', (name, errorText, expected) => {
    expect(toExchangeError('kraken', named(name, errorText)).message).toBe(expected);
  });
});
