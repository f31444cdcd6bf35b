import { describe, expect, it } from 'vitest';
import type { Tick } from '../../../../shared/domain/tick.ts';
import { verbatim } from '../../../../shared/messages/message.ts';
import { silentLog } from '../../logging/logger.ts';
import { virtualClock } from '../../time/clock.ts';
import { FeedError } from '../price-source.ts';
import type { ExchangeClient } from './exchange-client.ts';
import { createMarketTrust } from './market-trust.ts';
import { ExchangeUnavailableError, runPricePolls } from './price-polls.ts';
import { createTradeMemory } from './trade-memory.ts';

const MARKETS = ['bitcoin', 'zcash'].map((coinId) => ({ coinId, symbol: coinId, isKnown: true }));

/** Polls an exchange that rejects some markets, and every request that names one of them. */
function pollsOf(refused: readonly string[], needed = MARKETS) {
  const clock = virtualClock(Date.UTC(2026, 0, 5, 12));
  const ending = new AbortController();
  const ticks: Tick[] = [];
  const memory = createTradeMemory();
  const client: Pick<ExchangeClient, 'id' | 'lastPrices'> = {
    id: 'kraken',
    async lastPrices(symbols) {
      if (symbols.some((symbol) => refused.includes(symbol)))
        throw new FeedError('bad-answer', verbatim('unknown pair'));
      return { at: clock.now(), prices: new Map(symbols.map((symbol) => [symbol, 100])) };
    },
  };
  const ended = runPricePolls(
    {
      client: client as ExchangeClient,
      assignment: { exchange: 'kraken', markets: MARKETS },
      vsCurrency: 'usd',
      memory,
      trust: createMarketTrust(() => null),
      clock,
      log: silentLog,
      needed: () => needed,
      onTicks: (news) => ticks.push(...news),
      onResult: () => undefined,
    },
    ending.signal,
  ).catch((error: unknown) => error);
  return { clock, ticks, memory, ended, end: () => ending.abort() };
}

describe('polls of an exchange', () => {
  it('return the prices of the other markets when one is rejected', async () => {
    const { clock, ticks, ended, end } = pollsOf(['zcash']);
    await clock.advance(25_000);
    end();
    expect(await ended).toBeUndefined();
    expect(ticks.map(({ coinId }) => coinId)).toEqual(['bitcoin', 'bitcoin', 'bitcoin']);
  });

  it('end with an error when all are rejected', async () => {
    const { clock, ended } = pollsOf(['bitcoin', 'zcash']);
    await clock.advance(60_000);
    expect(await ended).toBeInstanceOf(ExchangeUnavailableError);
  });

  it('continue while the exchange streams other markets', async () => {
    const { clock, ended, end } = pollsOf(['zcash'], MARKETS.slice(1));
    await clock.advance(600_000);
    end();
    expect(await ended).toBeUndefined();
  });

  it('never use the millisecond of a trade', async () => {
    const { clock, ticks, memory, end } = pollsOf([]);
    const [bitcoin] = MARKETS;
    if (bitcoin === undefined) throw new Error('no market');
    const trade = { id: '1', at: clock.now(), price: 101, amount: 1 };
    const [traded] = memory.of('kraken', bitcoin, 'usd').ticks.ticksFor([trade]);
    await clock.advance(0);
    end();
    const polled = ticks.find(({ coinId }) => coinId === 'bitcoin');
    expect([traded?.observedAt, polled?.observedAt]).toEqual([clock.now(), clock.now() + 1]);
  });
});
