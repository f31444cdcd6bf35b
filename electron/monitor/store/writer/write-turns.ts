import type { PoolClient } from 'pg';

/** Runs work in a separate transaction. */
export type RunTransaction = <T>(work: (client: PoolClient) => Promise<T>) => Promise<T>;

/** The turns of a transaction's two parts. It starts with the first. */
export type WriteTurns = {
  /** Resolves when the second part could start without waiting. */
  readonly candlesFree: Promise<unknown>;
  /** Ends the first part and waits for its turn to start the second. */
  beforeCandles(): Promise<void>;
};

export type RunInTurn = <T>(work: (client: PoolClient, turns: WriteTurns) => Promise<T>) => Promise<T>;

/**
 * Runs transactions of two parts, ticks and candles, so that the ticks of one are copied while the candles of the previous one
 * are folded and committed. Each part is executed by one transaction at a time, in the order in which they began: candles are
 * merged with those that earlier transactions have committed, and a tick that two transactions contain waits for the earlier one,
 * which never waits for a later one. When one fails, later ones continue: the candles are the same in any order.
 */
export function createWriteTurns(run: RunTransaction): RunInTurn {
  const enterTicks = createSection();
  const enterCandles = createSection();
  return async (work) => {
    const leaveTicks = await enterTicks();
    // Queue for the second part before the next transaction may start its first part.
    const entered = enterCandles();
    try {
      return await run((client) =>
        work(client, {
          candlesFree: entered,
          async beforeCandles() {
            leaveTicks();
            await entered;
          },
        }),
      );
    } finally {
      leaveTicks();
      // The transaction may have been aborted while it waited.
      void entered.then((leaveCandles) => leaveCandles());
    }
  };
}

/** A first-in, first-out lock: resolves when it is acquired, with the function that releases it. */
function createSection(): () => Promise<() => void> {
  let last: Promise<void> = Promise.resolve();
  return async () => {
    const before = last;
    const own = Promise.withResolvers<void>();
    last = own.promise;
    await before;
    return own.resolve;
  };
}
