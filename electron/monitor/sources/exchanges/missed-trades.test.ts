import { describe, expect, it } from 'vitest';
import { verbatim } from '../../../../shared/messages/message.ts';
import { silentLog } from '../../logging/logger.ts';
import { virtualClock } from '../../time/clock.ts';
import { FeedError } from '../price-source.ts';
import { fetchMissedTrades } from './missed-trades.ts';
import type { Trade } from './trade.ts';

const TRADE: Trade = { id: '7', at: 5, price: 100, amount: 1 };

function exchange(failures: number) {
  const clock = virtualClock(0);
  const ending = new AbortController();
  const requested: number[] = [];
  const response = fetchMissedTrades(
    {
      client: {
        async tradesBetween(symbol, from, to) {
          requested.push(clock.now());
          if (requested.length <= failures) throw new FeedError('unreachable', verbatim('cannot be reached'));
          expect([symbol, from, to]).toEqual(['BTC/USD', 1, 9]);
          return [TRADE];
        },
      },
      networkClock: clock,
      random: () => 0.5,
      log: silentLog,
    },
    { symbol: 'BTC/USD', from: 1, to: 9 },
    ending.signal,
  );
  return { clock, requested, response, end: () => ending.abort() };
}

describe('missed trades', () => {
  it('are requested again until the exchange responds', async () => {
    const { clock, requested, response } = exchange(3);
    await clock.advance(120_000);
    expect(await response).toEqual([TRADE]);
    expect(requested).toHaveLength(4);
  });

  it('are given up after five tries', async () => {
    const { clock, requested, response } = exchange(Number.POSITIVE_INFINITY);
    await clock.advance(600_000);
    expect(await response).toEqual([]);
    expect(requested).toHaveLength(5);
  });

  it('are not awaited when the stream ends', async () => {
    const { clock, requested, response, end } = exchange(1);
    await clock.advance(0);
    end();
    expect(await response).toEqual([]);
    expect(requested).toHaveLength(1);
  });
});
