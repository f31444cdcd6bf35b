import type { Pair } from './pairs.ts';

export type TapeTrade = {
  readonly pair: Pair;
  /** Increases by one with each trade of a pair. */
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly price: number;
  readonly amount: number;
};

/** The maximum number of trades kept per pair, which is also the most that one call returns. */
const MAX_TRADES = 1_000;

/** The trades of the simulated exchanges, oldest first. */
export type TradeTape = {
  print(
    pair: Pair,
    trade: { readonly at: number; readonly price: number; readonly amount: number },
  ): TapeTrade;
  /** The trades of a pair after an instant, oldest first. */
  since(pair: Pair, at: number): readonly TapeTrade[];
  newest(pair: Pair, count: number): readonly TapeTrade[];
};

/**
 * @param onTrade called with each trade as it is recorded
 * @param opening earlier trades with which the tape of a pair begins; called when the pair is first accessed
 */
export function createTradeTape(
  onTrade: (trade: TapeTrade) => void,
  opening: (pair: Pair) => readonly Pick<TapeTrade, 'at' | 'price' | 'amount'>[],
): TradeTape {
  const tapes = new Map<Pair, TapeTrade[]>();
  const tapeOf = (pair: Pair): TapeTrade[] => {
    const known = tapes.get(pair);
    if (known !== undefined) return known;
    const tape = opening(pair).map((trade, index) => ({ ...trade, pair, id: index + 1 }));
    tapes.set(pair, tape);
    return tape;
  };
  return {
    print(pair, { at, price, amount }) {
      const tape = tapeOf(pair);
      const trade = { pair, id: (tape.at(-1)?.id ?? 0) + 1, at, price, amount };
      tape.push(trade);
      if (tape.length > MAX_TRADES) tape.shift();
      onTrade(trade);
      return trade;
    },
    since: (pair, at) => tapeOf(pair).filter((trade) => trade.at > at),
    newest: (pair, count) => tapeOf(pair).slice(-count),
  };
}
