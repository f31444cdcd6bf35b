import type { KrakenPair } from './kraken-pairs.ts';

export type TapeTrade = {
  readonly pair: KrakenPair;
  /** Counts up by one for each trade of a pair. */
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly price: number;
  readonly amount: number;
};

/** As many trades of a pair are kept as one call gives. */
const KEPT = 1_000;

/** The trades that were made on the simulated exchange, newest last. */
export type TradeTape = {
  print(
    pair: KrakenPair,
    trade: { readonly at: number; readonly price: number; readonly amount: number },
  ): TapeTrade;
  /** The newest trades of a pair after an instant, oldest first. */
  since(pair: KrakenPair, at: number, limit: number): readonly TapeTrade[];
  newest(pair: KrakenPair, count: number): readonly TapeTrade[];
};

/** @param onTrade is called with each trade as it is printed */
export function createTradeTape(onTrade: (trade: TapeTrade) => void): TradeTape {
  const tapes = new Map<string, TapeTrade[]>();
  const tapeOf = (pair: KrakenPair): TapeTrade[] => {
    const tape = tapes.get(pair.id) ?? [];
    tapes.set(pair.id, tape);
    return tape;
  };
  return {
    print(pair, { at, price, amount }) {
      const tape = tapeOf(pair);
      const trade = { pair, id: (tape.at(-1)?.id ?? 0) + 1, at, price, amount };
      tape.push(trade);
      if (tape.length > KEPT) tape.shift();
      onTrade(trade);
      return trade;
    },
    since: (pair, at, limit) =>
      tapeOf(pair)
        .filter((trade) => trade.at > at)
        .slice(0, limit),
    newest: (pair, count) => tapeOf(pair).slice(-count),
  };
}
