import type { TickTimes } from '../tick-times.ts';
import type { ExchangeClient } from './exchange-client.ts';
import type { TradeListener } from './follow-trades.ts';
import type { Trade } from './trade.ts';

/** Wraps an exchange client so that trades and dates with an implausible time are dropped. */
export function rejectImplausibleTimes(
  client: ExchangeClient,
  times: Pick<TickTimes, 'accepts'>,
): ExchangeClient {
  const plausible = (symbol: string, trades: readonly Trade[]): readonly Trade[] =>
    trades.filter(({ at }) => times.accepts(client.id, symbol, at));

  return {
    ...client,
    async lastPrices(symbols) {
      const { at, prices } = await client.lastPrices(symbols);
      const isPlausible = at !== null && times.accepts(client.id, symbols.join(', '), at);
      return { at: isPlausible ? at : null, prices };
    },
    async tradesBetween(symbol, from, to) {
      return plausible(symbol, await client.tradesBetween(symbol, from, to));
    },
    followTrades(request, listener, signal) {
      const onTrades: TradeListener['onTrades'] = (symbol, trades, ...rest) => {
        const accepted = plausible(symbol, trades);
        if (accepted.length > 0) listener.onTrades(symbol, accepted, ...rest);
      };
      return client.followTrades(request, { ...listener, onTrades }, signal);
    },
  };
}
