import type { Tick } from '../../../../shared/domain/tick.ts';
import type { TradeGap } from './missed-trades.ts';
import type { Trade } from './trade.ts';
import { compareTrades, sequenceOf } from './trade.ts';
import type { KnownTrades } from './trade-memory.ts';
import { MAX_SHIFT_MS } from './trade-ticks.ts';

/** After a longer outage, gap trades are left to backfill: they are too old for alerts. */
const MAX_RESUME_GAP_MS = 5 * 60_000;

/** Where a connection resumes: after the newest known trade, or from when the market was last streamed. */
type Resumption = { readonly from: number; readonly newest: Trade | null };

export type MarketFollowerOptions = {
  readonly symbol: string;
  readonly known: KnownTrades;
  /** Whether the exchange responds to a subscription with the market's last trades. */
  readonly hasSnapshots: boolean;
  /** Fetches the trades of a gap, as far as they are available. */
  readonly fetchMissed: (gap: TradeGap) => Promise<readonly Trade[]>;
  readonly onTicks: (ticks: readonly Tick[]) => void;
};

/** Turns the trades of one market into ticks, each once and in order, across any number of connections. */
export type MarketFollower = {
  /** A new connection has sent its first message. */
  connected(now: number): void;
  /** The exchange has confirmed the subscription to the market. */
  followed(): void;
  /** Trades that the connection delivered and that passed the price check of this coin. */
  receive(trades: readonly Trade[], isSnapshot: boolean): void;
  /** The connection that streamed the market was alive until then. */
  ended(at: number): void;
};

/**
 * A connection that starts within five minutes of the end of the last one resumes there, however quiet the market
 * was: trades that the exchange repeats are deduplicated, and those that it leaves out are fetched. Meanwhile, trades
 * next to the gap wait for the fetched ones, because trades of one millisecond are ordered by the exchange's ids. On
 * a first connection and after a longer break, a snapshot produces no ticks.
 */
export function createMarketFollower(options: MarketFollowerOptions): MarketFollower {
  const { symbol, known, hasSnapshots, fetchMissed, onTicks } = options;
  const { ticks } = known;
  /** Where this connection resumes; null when it does not. */
  let resumed: Resumption | null = null;
  let isFollowed = false;
  /** No trade has arrived on this connection yet. */
  let isFirst = true;
  /** Whether gap trades were requested on this connection. */
  let isFilled = false;
  /** Trades next to the gap, buffered while those in it are fetched. */
  let buffered: Trade[] | null = null;
  let bufferUntil = Number.POSITIVE_INFINITY;

  const emit = (trades: readonly Trade[]): void => {
    const news = ticks.ticksFor(trades.toSorted(compareTrades));
    if (news.length > 0) onTicks(news);
  };

  const fill = async (where: Resumption, to: number | null): Promise<void> => {
    isFilled = true;
    const waiting: Trade[] = [];
    buffered = waiting;
    bufferUntil = to === null ? Number.POSITIVE_INFINITY : to + MAX_SHIFT_MS;
    const fetched = await fetchMissed({ symbol, from: where.from, to });
    // A later connection may have started its own buffer.
    if (buffered === waiting) buffered = null;
    emit([...missedOf(where, fetched), ...waiting]);
  };

  /** Fetches the trades between the last known one and the first of this connection, if any are missing. */
  const fillBefore = (first: Trade): void => {
    const newest = ticks.newest();
    if (resumed === null || isFilled || resumed.from > first.at) return;
    if (newest === null || !follows(newest, first)) fill(resumed, first.at);
  };

  return {
    connected(now) {
      const { followedUntil } = known;
      const isShort = followedUntil !== null && now - followedUntil <= MAX_RESUME_GAP_MS;
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
    receive(trades, isSnapshot) {
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
        bufferUntil = Math.min(bufferUntil, first.at + MAX_SHIFT_MS);
      }
      isFirst = false;
      const waits = ({ at }: Trade): boolean => buffered !== null && at <= bufferUntil;
      buffered?.push(...news.filter(waits));
      emit(news.filter((trade) => !waits(trade)));
    },
    ended(at) {
      if (isFollowed) known.followedUntil = at;
    },
  };
}

/** The past trades that are newer than those of earlier connections. */
function missedOf({ from, newest }: Resumption, trades: readonly Trade[]): readonly Trade[] {
  const last = newest && sequenceOf(newest);
  return trades.filter((trade) => {
    const own = sequenceOf(trade);
    return last === null || own === null ? trade.at >= from : own > last;
  });
}

/** Whether no trade lies between two trades of a market. */
function follows(known: Trade, next: Trade): boolean {
  const [last, first] = [sequenceOf(known), sequenceOf(next)];
  return last === null || first === null ? next.at < known.at : first <= last + 1;
}
