import type { PoolClient } from 'pg';

/** Runs work in a transaction of its own. */
export type RunTransaction = <T>(work: (client: PoolClient) => Promise<T>) => Promise<T>;

/** Ends the first part of a transaction and waits for its turn to do the second. */
export type BeforeCandles = () => Promise<void>;

export type RunInTurn = <T>(
  work: (client: PoolClient, beforeCandles: BeforeCandles) => Promise<T>,
) => Promise<T>;

/**
 * Runs transactions of two parts, ticks and candles, so that the ticks of one are copied while the candles of the one before are
 * folded and committed. Each part is done by one transaction at a time, in the order in which they began: a candle is folded
 * into what the transactions before have committed, and a tick that two of them have waits for the earlier one, which never
 * waits for a later one. When one fails, those behind it go on: whatever their order, the candles are the same.
 */
export function createWriteTurns(run: RunTransaction): RunInTurn {
  const enterTicks = createSection();
  const enterCandles = createSection();
  return async (work) => {
    let leave = await enterTicks();
    try {
      return await run((client) =>
        work(client, async () => {
          // In the line for the second part before anyone behind is let into the first.
          const entered = enterCandles();
          leave();
          // The transaction may be given up while it waits.
          leave = () => void entered.then((leaveCandles) => leaveCandles());
          await entered;
        }),
      );
    } finally {
      leave();
    }
  };
}

/** What one at a time may do, first come, first served: resolves, with how to leave it, when it is one's turn. */
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
