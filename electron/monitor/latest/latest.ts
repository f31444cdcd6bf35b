import type { Quote, QuoteUpdate } from '../../../shared/domain/quote.ts';
import type { Message } from '../../../shared/messages/message.ts';
import type { Clock } from '../time/clock.ts';
import { createPriceThrottle } from './price-throttle.ts';
import { createQuotes, type Quotes } from './quotes.ts';

/** The newest quote of each coin, in memory. */
export type Latest = {
  /** Creates quotes for these coins, which can be filled before they are shown. */
  prepare(coins: readonly string[], vsCurrency: string): Quotes;
  /** Makes these the current quotes. */
  show(quotes: Quotes): void;
  /** Emits the quotes of these coins, limited by the throttle of each coin. */
  changed(coinIds: Iterable<string>): void;
  list(): readonly Quote[];
  /** The saved state of a coin, see `Quotes.save`. */
  readonly save: Quotes['save'];
  /** The newest tick of a coin from CoinGecko. */
  readonly reference: Quotes['reference'];
  /** Sets the reasons why coins have no price; coins that are not named have no problem. */
  setProblems(problems: ReadonlyMap<string, Message>): void;
  stop(): void;
};

/**
 * @param clock real time, because people watch the page
 * @param onPrices is called with changed quotes, at most four times a second for each coin
 */
export function createLatest(clock: Clock, onPrices: (updates: readonly QuoteUpdate[]) => void): Latest {
  let shown = createQuotes([], '');
  let prepared = shown;
  const throttle = createPriceThrottle(clock, (coinIds) => onPrices(shown.updates(coinIds)));

  return {
    prepare(coins, vsCurrency) {
      prepared = createQuotes(coins, vsCurrency);
      return prepared;
    },
    show(quotes) {
      shown = quotes;
    },
    changed: throttle.changed,
    list: () => shown.list(),
    save: (coinId) => shown.save(coinId),
    reference: (coinId) => shown.reference(coinId),
    setProblems(problems) {
      prepared.setProblems(problems);
      shown.setProblems(problems);
      onPrices(shown.updates());
    },
    stop: throttle.stop,
  };
}
