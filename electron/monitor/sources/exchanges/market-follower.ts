import type { Tick } from '../../../../shared/domain/tick.ts';
import type { Missed } from './missed-trades.ts';
import type { KnownTrades } from './trade-memory.ts';
import { compareTrades, sequenceOf } from './trade-order.ts';
import { MOST_SHIFT_MS, type Trade } from './trade-ticks.ts';

/** Trades of a longer outage are history for candles, and no news for alerts. */
const LONGEST_RESUME_MS = 5 * 60_000;

/** Where a connection goes on: from the newest trade that is known, or from when the market was followed last. */
type Resumption = { readonly from: number; readonly newest: Trade | null };

export type MarketFollowerOptions = {
  readonly symbol: string;
  readonly known: KnownTrades;
  /** Whether the exchange answers a subscription by the last trades. */
  readonly hasSnapshots: boolean;
  /** The trades of a stretch, as far as they can be had. */
  readonly askFor: (missed: Missed) => Promise<readonly Trade[]>;
  readonly onTicks: (ticks: readonly Tick[]) => void;
};

/** Makes ticks of the trades of one market, each once and in order, through any number of connections. */
export type MarketFollower = {
  /** A new connection speaks. */
  connected(now: number): void;
  /** The exchange says that it follows the market from now on. */
  followed(): void;
  /** Trades that the connection brought, and that are this coin's. */
  take(trades: readonly Trade[], isSnapshot: boolean): void;
  /** The connection that followed the market was alive until then. */
  ended(at: number): void;
};

/**
 * A connection that comes within five minutes of the last one's end goes on where that ended, however long the market has
 * been quiet: what the exchange repeats is recognised, and what it leaves out is asked for. While that is under way, trades
 * next to the gap wait for those in it, since within a millisecond their order is that of the exchange's numbers. On a first
 * connection, and after a longer break, the trades of a snapshot are no news.
 */
export function createMarketFollower(options: MarketFollowerOptions): MarketFollower {
  const { symbol, known, hasSnapshots, askFor, onTicks } = options;
  const { ticks } = known;
  /** Where this connection goes on; null where it does not go on where another ended. */
  let resumed: Resumption | null = null;
  let isFollowed = false;
  /** No trade came on this connection yet. */
  let isFirst = true;
  /** Asked for missed trades on this connection. */
  let isFilled = false;
  /** Trades next to the gap, while those in it are asked for. */
  let held: Trade[] | null = null;
  let holdUntil = Number.POSITIVE_INFINITY;

  const emit = (trades: readonly Trade[]): void => {
    const news = ticks.take(trades.toSorted(compareTrades));
    if (news.length > 0) onTicks(news);
  };

  const fill = async (where: Resumption, to: number | null): Promise<void> => {
    isFilled = true;
    const waiting: Trade[] = [];
    held = waiting;
    holdUntil = to === null ? Number.POSITIVE_INFINITY : to + MOST_SHIFT_MS;
    const told = await askFor({ symbol, from: where.from, to });
    // A connection after this one may have begun to hold others.
    if (held === waiting) held = null;
    emit([...missedOf(where, told), ...waiting]);
  };

  /** Asks for what lies between the last trade that is known and the first of this connection, if anything does. */
  const fillBefore = (first: Trade): void => {
    const newest = ticks.newest();
    if (resumed === null || isFilled || resumed.from > first.at) return;
    if (newest === null || !follows(newest, first)) fill(resumed, first.at);
  };

  return {
    connected(now) {
      const { followedUntil } = known;
      const isShort = followedUntil !== null && now - followedUntil <= LONGEST_RESUME_MS;
      const newest = ticks.newest();
      resumed = isShort ? { from: newest?.at ?? followedUntil, newest } : null;
      isFollowed = false;
      isFirst = true;
      isFilled = false;
    },
    followed() {
      isFollowed = true;
      if (!hasSnapshots && resumed !== null && !isFilled) fill(resumed, null);
    },
    take(trades, isSnapshot) {
      isFollowed = true;
      if (isSnapshot && resumed === null) {
        ticks.remember(trades);
        return;
      }
      const news = isSnapshot && resumed !== null ? missedOf(resumed, trades) : trades;
      const [first] = news;
      if (first === undefined) return;
      if (isFirst) {
        fillBefore(trades[0] ?? first);
        holdUntil = Math.min(holdUntil, first.at + MOST_SHIFT_MS);
      }
      isFirst = false;
      const waits = ({ at }: Trade): boolean => held !== null && at <= holdUntil;
      held?.push(...news.filter(waits));
      emit(news.filter((trade) => !waits(trade)));
    },
    ended(at) {
      if (isFollowed) known.followedUntil = at;
    },
  };
}

/** Those of the trades that an exchange tells of the past which were made after those of the connections before. */
function missedOf({ from, newest }: Resumption, trades: readonly Trade[]): readonly Trade[] {
  const last = newest && sequenceOf(newest);
  return trades.filter((trade) => {
    const own = sequenceOf(trade);
    return last === null || own === null ? trade.at >= from : own > last;
  });
}

/** Whether no trade is between two of one market. */
function follows(known: Trade, next: Trade): boolean {
  const [last, first] = [sequenceOf(known), sequenceOf(next)];
  return last === null || first === null ? next.at < known.at : first <= last + 1;
}
