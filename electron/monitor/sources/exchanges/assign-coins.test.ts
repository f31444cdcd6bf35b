import { describe, expect, it } from 'vitest';
import type { ExchangeId } from '../../../../shared/settings/settings.ts';
import { assignCoins, type ComparedCoins } from './assign-coins.ts';

const SYMBOLS: Readonly<Record<string, string>> = { bitcoin: 'BTC', ethereum: 'ETH', zcash: 'ZEC' };

/** An exchange that lists these coins in dollars; null for one that does not respond. */
function exchange(id: ExchangeId, bases: readonly string[] | null) {
  return {
    id,
    async markets() {
      if (bases === null) throw new Error('unreachable');
      return bases.map((base) => ({ symbol: `${base}/USD`, base, quote: 'USD' }));
    },
  };
}

async function assigned(clients: readonly ReturnType<typeof exchange>[], compared: ComparedCoins = {}) {
  const { assignments, failures } = await assignCoins({
    coins: ['bitcoin', 'ethereum', 'zcash'],
    vsCurrency: 'usd',
    compared,
    clients,
    symbolOf: (coinId) => {
      const symbol = SYMBOLS[coinId];
      return symbol === undefined ? null : { symbol, isKnown: true };
    },
    signal: new AbortController().signal,
  });
  const coins = assignments.map(({ exchange: id, markets }) => [id, markets.map(({ coinId }) => coinId)]);
  return { coins: Object.fromEntries(coins), failed: failures.map((failure) => failure.exchange) };
}

describe('coins of exchanges', () => {
  it('are served by the first that lists them, and requested from no other', async () => {
    const clients = [
      exchange('kraken', ['BTC', 'ETH']),
      exchange('coinbase', ['BTC', 'ZEC']),
      exchange('binance', null),
    ];
    expect(await assigned(clients)).toEqual({
      coins: { kraken: ['bitcoin', 'ethereum'], coinbase: ['zcash'] },
      failed: [],
    });
  });

  it('are also served by exchanges that a rule compares, if these list them', async () => {
    const clients = [
      exchange('kraken', ['BTC', 'ETH', 'ZEC']),
      exchange('coinbase', ['BTC']),
      exchange('binance', null),
    ];
    const compared = { kraken: ['bitcoin'], coinbase: ['bitcoin', 'ethereum', 'dogecoin'] };
    expect(await assigned(clients, compared)).toEqual({
      coins: { kraken: ['bitcoin', 'ethereum', 'zcash'], coinbase: ['bitcoin'] },
      failed: [],
    });
  });
});
