import type { Tick } from '../../../../shared/domain.ts';
import { nextDelayMs } from '../../backoff.ts';
import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import type { Lane } from './assign-coins.ts';
import type { ExchangeClient } from './exchange-client.ts';
import type { MappedMarket } from './map-markets.ts';
import type { MarketTrust } from './market-trust.ts';
import { askForMissedTrades } from './missed-trades.ts';
import type { TradeMemory } from './trade-memory.ts';
import type { Trade, TradeTicks } from './trade-ticks.ts';

const RECONNECT = { baseMs: 1_000, capMs: 60_000 };
/** A connection that lived this long was a good one: the next failure starts at the shortest delay again. */
const GOOD_AFTER_MS = 60_000;
/** Trades of a longer outage are history for candles, and no news for alerts. */
const LONGEST_RESUME_MS = 5 * 60_000;
/** The exchange repeats its last trades at once; what comes later is new, whatever this machine's clock says. */
const REPEATS_MS = 5_000;

export type StreamStatus = 'connecting' | 'live' | 'waiting';

export type TradeStreamOptions = {
  readonly client: ExchangeClient;
  readonly lane: Lane;
  readonly vsCurrency: string;
  readonly memory: TradeMemory;
  readonly trust: MarketTrust;
  /** The market's time, in which trades are dated. */
  readonly clock: Clock;
  readonly networkClock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly onTicks: (ticks: readonly Tick[]) => void;
  readonly onStatus: (status: StreamStatus) => void;
};

type Followed = {
  readonly market: MappedMarket;
  readonly ticks: TradeTicks;
  since: number;
  resumedFrom: number | null;
};

/**
 * Follows the trades of a lane's markets until the signal aborts: each trade one tick, through any number of
 * connections. A new connection goes on where the last one ended, if that was within five minutes: what the exchange
 * repeats is recognised, and what it leaves out is asked for.
 */
export async function runTradeStream(options: TradeStreamOptions, signal: AbortSignal): Promise<void> {
  const { client, lane, vsCurrency, memory, trust, clock, networkClock, random, log, onTicks, onStatus } =
    options;
  const followed = new Map<string, Followed>(
    lane.markets.map((market) => [
      market.symbol,
      {
        market,
        ticks: memory.ticksOf(lane.exchange, market, vsCurrency),
        since: Number.POSITIVE_INFINITY,
        resumedFrom: null,
      },
    ]),
  );
  const symbols = [...followed.keys()];
  let liveAt = Number.NEGATIVE_INFINITY;
  let filling: Promise<void> = Promise.resolve();

  const take = ({ market, ticks }: Followed, trades: readonly Trade[]): void => {
    const last = trades.at(-1);
    if (last === undefined || !trust.isTrusted(market, lane.exchange, last.price, last.at)) return;
    const news = ticks.take(trades);
    if (news.length > 0) onTicks(news);
  };

  /** What the connection told, without what it repeats from before. */
  const newsOf = ({ since }: Followed, trades: readonly Trade[]): readonly Trade[] => {
    // A clock that was set back must not make news of hours look like repeats.
    const mayRepeat = Math.abs(networkClock.now() - liveAt) < REPEATS_MS;
    return mayRepeat ? trades.filter(({ at }) => at >= since) : trades;
  };

  const onLive = (): void => {
    const now = clock.now();
    liveAt = networkClock.now();
    for (const entry of followed.values()) {
      const newestAt = entry.ticks.newestAt();
      const resumes = newestAt !== null && now - newestAt <= LONGEST_RESUME_MS;
      // At the start the exchange tells its last trades, however old: they are not news.
      entry.since = resumes ? newestAt : now;
      entry.resumedFrom = resumes ? newestAt : null;
    }
    onStatus('live');
  };

  const onTrades = (symbol: string, trades: readonly Trade[]): void => {
    const entry = followed.get(symbol);
    const [first] = trades;
    if (entry === undefined || first === undefined) return;
    const { resumedFrom } = entry;
    entry.resumedFrom = null;
    take(entry, newsOf(entry, trades));
    if (resumedFrom === null || first.at <= resumedFrom) return;
    const missed = { symbol, from: resumedFrom, to: first.at };
    // They come late, and count in candles, but raise no alert.
    filling = filling.then(async () => take(entry, await askForMissedTrades(options, missed, signal)));
  };

  for (let delayMs = 0; !signal.aborted; ) {
    onStatus('connecting');
    const startedAt = networkClock.now();
    try {
      await client.followTrades(symbols, { onLive, onTrades }, signal);
    } catch (err) {
      if (signal.aborted) break;
      const lived = networkClock.now() - startedAt;
      delayMs = nextDelayMs(lived >= GOOD_AFTER_MS ? 0 : delayMs, RECONNECT, random());
      log.info({ err, exchange: client.id, delayMs }, 'real-time prices were interrupted; connecting again');
      onStatus('waiting');
      await networkClock.sleep(delayMs, signal).catch(() => undefined); // aborted: the loop ends
    }
  }
  await filling;
}
