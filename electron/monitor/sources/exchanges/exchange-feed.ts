import type { Tick } from '../../../../shared/domain/tick.ts';
import type { ExchangeId } from '../../../../shared/settings/settings.ts';
import type { Logger } from '../../logging/logger.ts';
import type { Clock } from '../../time/clock.ts';
import { assignCoins, type ComparedCoins, type ExchangeAssignment } from './assign-coins.ts';
import { COOLDOWN, createExchangeCooldowns } from './exchange-cooldowns.ts';
import { type ExchangeFeedState, exchangeFeedState } from './exchange-feed-state.ts';
import type { ExchangeMarkets } from './exchange-markets.ts';
import type { MappedMarket } from './map-markets.ts';
import { ExchangeUnavailableError, runPricePolls } from './price-polls.ts';
import { createTradeMemory } from './trade-memory.ts';
import { createTradeStream, type TradeStream } from './trade-stream.ts';

/** How often to check whether exchanges are needed. */
const CHECK_MS = 1_000;
/** What to fetch, and from which exchanges. */
export type ExchangeRequest = {
  readonly coins: readonly string[];
  readonly vsCurrency: string;
  /** Coins that must be served by other exchanges in addition to the preferred one. */
  readonly compared?: ComparedCoins;
  /** In order of preference. */
  readonly exchanges: readonly ExchangeId[];
  readonly realTime: boolean;
};

export type ExchangeFeedOptions = {
  readonly markets: Omit<ExchangeMarkets, 'close'>;
  readonly clock: Clock;
  /** Real time, for connections. */
  readonly networkClock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly request: ExchangeRequest;
  /** Whether the reference source has returned no prices for too long. */
  readonly isReferenceDown: () => boolean;
  /** Called synchronously as trades arrive. Never empty. */
  readonly onTicks: (ticks: readonly Tick[]) => void;
  /** Called with the state at the start and whenever it may have changed. */
  readonly report: (state: ExchangeFeedState) => void;
};

/**
 * Prices from exchanges, beside those of the reference source: every trade in real time if an exchange serves the coin, and polls
 * while prices are missing.
 */
export type ExchangeFeed = {
  start(): void;
  change(request: ExchangeRequest): void;
  state(): ExchangeFeedState;
  /** The reference source may have gone down or recovered: reports the fallback again. */
  referenceChanged(): void;
  stop(): Promise<void>;
};

export function createExchangeFeed(options: ExchangeFeedOptions): ExchangeFeed {
  const { markets, clock, networkClock, random, log, report, isReferenceDown } = options;
  const { client, symbolOf, trust } = markets;
  const stopping = new AbortController();
  let round = new AbortController();
  let request = options.request;
  let running: Promise<void> | null = null;
  const streams = new Map<
    ExchangeId,
    { readonly assignment: ExchangeAssignment; readonly stream: TradeStream }
  >();
  const polling = new Set<ExchangeId>();
  const cooldowns = createExchangeCooldowns({ networkClock, random, log });
  const memory = createTradeMemory();

  const state = (): ExchangeFeedState => exchangeFeedState(streams, polling, isReferenceDown());
  const reportState = (): void => report(state());

  const isNeeded = (): boolean => request.realTime || isReferenceDown();

  const runExchange = async (
    assignment: ExchangeAssignment,
    served: ExchangeRequest,
    signal: AbortSignal,
  ): Promise<void> => {
    const { exchange } = assignment;
    const { vsCurrency, realTime } = served;
    const onTicks = (ticks: readonly Tick[]): void => {
      cooldowns.end(exchange);
      options.onTicks(ticks);
    };
    const shared = { client: client(exchange), assignment, vsCurrency, memory, trust, clock, log, onTicks };
    const stream = realTime
      ? createTradeStream({ ...shared, networkClock, random, onChange: reportState })
      : null;
    const isStreamed = ({ coinId }: MappedMarket): boolean => stream?.statusOf(coinId) === 'live';
    if (stream !== null) streams.set(exchange, { assignment, stream });
    const work = [
      runPricePolls(
        {
          ...shared,
          needed: () => (isNeeded() ? assignment.markets.filter((market) => !isStreamed(market)) : []),
          onResult(succeeded) {
            if (succeeded) polling.add(exchange);
            else polling.delete(exchange);
            // The fallback of the state depends on the reference source, too.
            reportState();
          },
        },
        signal,
      ),
    ];
    if (stream !== null) work.push(stream.run(signal));
    try {
      await Promise.all(work);
    } catch (error) {
      if (!(error instanceof ExchangeUnavailableError)) throw error;
      cooldowns.start(exchange, error);
    } finally {
      streams.delete(exchange);
      polling.delete(exchange);
      reportState();
    }
  };

  /** Serves one request until it changes, an exchange fails, or one whose cooldown is over responds again. */
  const serve = async (served: ExchangeRequest, signal: AbortSignal): Promise<void> => {
    while (!isNeeded()) await clock.sleep(CHECK_MS, signal);
    await markets.learnSymbols(served.coins, signal);
    const available = served.exchanges.filter((id) => !cooldowns.isCoolingDown(id));
    const { assignments, failures } = await assignCoins({
      ...served,
      clients: available.map(client),
      symbolOf,
      signal,
    });
    for (const { exchange, error } of failures) cooldowns.start(exchange, error);
    const ending = new AbortController();
    const inner = AbortSignal.any([signal, ending.signal]);
    const working = assignments.map((assignment) => runExchange(assignment, served, inner));
    reportState();
    try {
      await Promise.race([...working, cooldowns.untilOneRecovers(served.exchanges, probe, inner)]);
    } finally {
      ending.abort();
      await Promise.allSettled(working);
    }
    await Promise.all(working);
  };

  /** Checks whether an exchange responds again. */
  const probe = async (id: ExchangeId): Promise<void> => {
    const [market] = await client(id).markets();
    if (market !== undefined) await client(id).lastPrices([market.symbol]);
  };

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      round = new AbortController();
      const signal = AbortSignal.any([round.signal, stopping.signal]);
      try {
        if (request.exchanges.length === 0) await untilAborted(signal);
        await serve(request, signal);
      } catch (err) {
        if (signal.aborted) continue;
        log.error({ err }, 'unexpected error while fetching prices from exchanges');
        await networkClock.sleep(COOLDOWN.baseMs, signal).catch(() => undefined); // aborted: continue immediately
      }
    }
  };

  reportState();

  return {
    start() {
      running ??= run();
    },
    change(next) {
      request = next;
      memory.keepOnly(next.coins, next.vsCurrency);
      round.abort();
    },
    state,
    referenceChanged: reportState,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** Resolves when the signal aborts. */
async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
