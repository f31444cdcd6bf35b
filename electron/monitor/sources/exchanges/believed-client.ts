import type { TickTimes } from '../tick-times.ts';
import type { ExchangeClient } from './exchange-client.ts';
import type { TradeListener } from './follow-trades.ts';
import type { Trade } from './trade-ticks.ts';

/** An exchange's client without the trades and dates whose times cannot be right. */
export function believedClient(client: ExchangeClient, times: Pick<TickTimes, 'believes'>): ExchangeClient {
  const believed = (symbol: string, trades: readonly Trade[]): readonly Trade[] =>
    trades.filter(({ at }) => times.believes(client.id, symbol, at));

  return {
    ...client,
    async lastPrices(symbols) {
      const { at, prices } = await client.lastPrices(symbols);
      const isBelieved = at !== null && times.believes(client.id, symbols.join(', '), at);
      return { at: isBelieved ? at : null, prices };
    },
    async tradesBetween(symbol, from, to) {
      return believed(symbol, await client.tradesBetween(symbol, from, to));
    },
    followTrades(request, listener, signal) {
      const onTrades: TradeListener['onTrades'] = (symbol, trades, ...rest) => {
        const good = believed(symbol, trades);
        if (good.length > 0) listener.onTrades(symbol, good, ...rest);
      };
      return client.followTrades(request, { ...listener, onTrades }, signal);
    },
  };
}
