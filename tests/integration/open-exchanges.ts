import {
  createExchangeFeed,
  type ExchangeFeed,
  type ExchangeFeedOptions,
} from '../../electron/monitor/sources/exchanges/exchange-feed.ts';
import {
  createExchangeMarkets,
  type ExchangeMarkets,
  type ExchangeMarketsOptions,
} from '../../electron/monitor/sources/exchanges/exchange-markets.ts';
import type { ExchangesState } from '../../shared/domain/exchanges-state.ts';
import type { Problem } from '../../shared/domain/problem.ts';

export type Exchanges = Omit<ExchangeFeed, 'state'> &
  Pick<ExchangeMarkets, 'marketOf'> & {
    state(): ExchangesState;
    problem(): Problem | null;
  };

/** The exchange feed with its markets, composed as in the program. */
export function openExchanges(
  options: ExchangeMarketsOptions & Omit<ExchangeFeedOptions, 'markets' | 'report'>,
): Exchanges {
  const markets = createExchangeMarkets(options);
  const feed = createExchangeFeed({ ...options, markets, report: () => undefined });
  return {
    ...feed,
    marketOf: markets.marketOf,
    state: () => feed.state().exchanges,
    problem: () => feed.state().problem,
    async stop() {
      await feed.stop();
      await markets.close();
    },
  };
}
