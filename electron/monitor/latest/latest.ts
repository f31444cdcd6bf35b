import type { Quote, QuoteUpdate } from '../../../shared/domain/quote.ts';
import type { Message } from '../../../shared/messages/message.ts';
import type { Clock } from '../time/clock.ts';
import { createPriceThrottle } from './price-throttle.ts';
import { createQuotes, type Quotes } from './quotes.ts';

/** The newest quote of each coin, in memory, and those who want to hear of changes. */
export type Latest = {
  /** Quotes of these coins, to be filled with what is known of them before they are shown. */
  prepare(coins: readonly string[], vsCurrency: string): Quotes;
  /** From now on these are the quotes. */
  show(quotes: Quotes): void;
  /** The quotes of these coins may have changed. */
  changed(coinIds: Iterable<string>): void;
  list(): readonly Quote[];
  /** The newest tick of a coin from CoinGecko. */
  readonly reference: Quotes['reference'];
  /** Says why coins have no price; coins that are not named have no problem. */
  setProblems(problems: ReadonlyMap<string, Message>): void;
  stop(): void;
};

/**
 * @param clock real time: the page is looked at by people
 * @param onPrices gets what changed in the quotes, of each coin four times a second at most
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
    reference: (coinId) => shown.reference(coinId),
    setProblems(problems) {
      prepared.setProblems(problems);
      shown.setProblems(problems);
      onPrices(shown.updates());
    },
    stop: throttle.stop,
  };
}
