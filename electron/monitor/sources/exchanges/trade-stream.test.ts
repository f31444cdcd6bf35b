import { describe, expect, it } from 'vitest';
import { verbatim } from '../../../../shared/messages/message.ts';
import { silentLog } from '../../logging/logger.ts';
import { virtualClock } from '../../time/clock.ts';
import { FeedError } from '../price-source.ts';
import type { ExchangeClient } from './exchange-client.ts';
import type { TradeListener } from './follow-trades.ts';
import { createMarketTrust } from './market-trust.ts';
import { createTradeMemory } from './trade-memory.ts';
import { createTradeStream } from './trade-stream.ts';

const MARKETS = ['bitcoin', 'zcash'].map((coinId) => ({ coinId, symbol: coinId, isKnown: true }));

/** A stream whose connections run one step of the script each and end; the last one stays open. */
function streamOf(script: readonly ((listener: TradeListener) => void)[]) {
  const clock = virtualClock(Date.UTC(2026, 0, 5, 12));
  const ending = new AbortController();
  const requests: { readonly symbols: readonly string[]; readonly isCautious: boolean }[] = [];
  const client: Pick<ExchangeClient, 'id' | 'followTrades' | 'tradesBetween'> = {
    id: 'coinbase',
    tradesBetween: async () => [],
    async followTrades(request, listener, signal) {
      requests.push(request);
      listener.onLive();
      const act = script[requests.length - 1];
      act?.(listener);
      if (act === undefined) await clock.sleep(Number.POSITIVE_INFINITY, signal);
      throw new FeedError('unreachable', verbatim('the exchange closed the connection'));
    },
  };
  const stream = createTradeStream({
    client: client as ExchangeClient,
    assignment: { exchange: 'coinbase', markets: MARKETS },
    vsCurrency: 'usd',
    memory: createTradeMemory(),
    trust: createMarketTrust(() => null),
    clock,
    networkClock: clock,
    random: () => 0,
    log: silentLog,
    onTicks: () => undefined,
    onChange: () => undefined,
  });
  const ended = stream.run(ending.signal);
  return { clock, requests, stream, ended, end: () => ending.abort() };
}

describe('a stream whose exchange closes the connection over one market', () => {
  it('identifies the market and continues without it for an hour', async () => {
    const { clock, requests, stream, ended, end } = streamOf([
      (listener) => listener.onRefused(null, verbatim('no')),
      (listener) => listener.onRefused('zcash', verbatim('no')),
      () => undefined,
    ]);
    await clock.advance(60_000);
    expect(requests).toEqual([
      { symbols: ['bitcoin', 'zcash'], isCautious: false },
      { symbols: ['bitcoin', 'zcash'], isCautious: true },
      { symbols: ['bitcoin'], isCautious: false },
      { symbols: ['bitcoin'], isCautious: false },
    ]);
    expect(stream.statusOf('zcash')).toBe('refused');
    expect(stream.refusals().map(({ market, reason }) => [market.coinId, reason])).toEqual([
      ['zcash', verbatim('no')],
    ]);
    end();
    await ended;
  });

  it('requests it again on a new connection after an hour', async () => {
    const hour = 60 * 60_000;
    const { clock, requests, stream, ended, end } = streamOf([
      (listener) => {
        for (const { symbol } of MARKETS) listener.onRefused(symbol, verbatim('no'));
      },
    ]);
    await clock.advance(hour - 60_000);
    expect(requests).toHaveLength(1);
    expect(MARKETS.map(({ coinId }) => stream.statusOf(coinId))).toEqual(['refused', 'refused']);
    await clock.advance(2 * 60_000);
    expect(requests.at(-1)?.symbols).toEqual(['bitcoin', 'zcash']);
    expect(stream.refusals()).toEqual([]);
    end();
    await ended;
  });
});
