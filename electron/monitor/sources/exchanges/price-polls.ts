import type { Tick } from '../../../../shared/domain/tick.ts';
import type { Logger } from '../../logging/logger.ts';
import type { Clock } from '../../time/clock.ts';
import { FeedError } from '../price-source.ts';
import type { Lane } from './assign-coins.ts';
import type { ExchangeClient, LastPrices } from './exchange-client.ts';
import type { MappedMarket } from './map-markets.ts';
import type { MarketTrust } from './market-trust.ts';
import type { TradeMemory } from './trade-memory.ts';

/** Exchanges bear a public request a second; every ten seconds an alert is still in time. */
const POLL_MS = 10_000;
/** Failures in a row after which the coins go to another exchange. */
const MOST_FAILURES = 3;

export type PricePollsOptions = {
  readonly client: ExchangeClient;
  readonly lane: Lane;
  readonly vsCurrency: string;
  readonly memory: TradeMemory;
  readonly trust: MarketTrust;
  readonly clock: Clock;
  readonly log: Logger;
  /** The markets whose prices have to be asked for just now: no stream brings them, and they are wanted. */
  readonly needed: () => readonly MappedMarket[];
  readonly onTicks: (ticks: readonly Tick[]) => void;
  /** Whether the last request worked. */
  readonly onAnswer: (worked: boolean) => void;
};

/** The exchange fails again and again. */
export class ExchangeGivenUp extends Error {}

/**
 * Asks an exchange for the prices of a lane, all by one call, whenever they are needed, until the signal aborts.
 * An exchange dates no prices in this answer, so a price is of the moment at which the exchange answered, by its clock:
 * by a clock of ours that is fast, the trades that follow would be older than it, and raise no alert.
 *
 * @throws ExchangeGivenUp after three failures in a row, where no market is streamed
 */
export async function runPricePolls(options: PricePollsOptions, signal: AbortSignal): Promise<void> {
  const { client, lane, vsCurrency, memory, clock, log, needed, onTicks, onAnswer } = options;
  const trust = options.trust.connect(lane.exchange);

  const poll = async (): Promise<void> => {
    const { at, prices } = await pricesOf(
      client,
      needed().map(({ symbol }) => symbol),
    );
    if (signal.aborted) return;
    if (prices.size === 0) throw new FeedError('bad-answer', `${client.id} answered without any price`);
    const observedAt = at ?? clock.now();
    const ticks = needed().flatMap((market): readonly Tick[] => {
      const price = prices.get(market.symbol);
      if (price === undefined || !trust.isTrusted(market, price, observedAt)) return [];
      return [memory.of(lane.exchange, market, vsCurrency).ticks.quote(price, observedAt)];
    });
    if (ticks.length > 0) onTicks(ticks);
  };

  for (let failures = 0; !signal.aborted; ) {
    const wanted = needed().length;
    if (wanted > 0) {
      try {
        await poll();
        failures = 0;
        onAnswer(true);
      } catch (err) {
        if (signal.aborted) return;
        failures += 1;
        onAnswer(false);
        log.info({ err, exchange: client.id, failures }, 'an exchange gave no prices');
        // While it streams others, its requests may fail for the markets that are left.
        if (failures >= MOST_FAILURES && needed().length === lane.markets.length) {
          throw new ExchangeGivenUp(`${client.id} gave no prices ${failures} times in a row`, { cause: err });
        }
      }
    } else onAnswer(false);
    await clock.sleep(POLL_MS, signal).catch(() => undefined); // aborted: the loop ends
  }
}

/** Single markets that are refused before an exchange counts as unusable. */
const MOST_REFUSED = 3;

/** The prices by one call; where the exchange refuses that for one of the markets, by a call for each. */
async function pricesOf(client: ExchangeClient, symbols: readonly string[]): Promise<LastPrices> {
  try {
    return await client.lastPrices(symbols);
  } catch (error) {
    const isRefusal = error instanceof FeedError && error.kind === 'bad-answer';
    if (!isRefusal || symbols.length === 1) throw error;
    const prices = new Map<string, number>();
    let at: number | null = null;
    let refused = 0;
    for (const symbol of symbols) {
      if (prices.size === 0 && refused >= MOST_REFUSED) break;
      const one = await client.lastPrices([symbol]).catch(() => null); // refused: the others count
      if (one === null) refused += 1;
      for (const [name, price] of one?.prices ?? []) prices.set(name, price);
      at = one?.at ?? at;
    }
    if (prices.size === 0) throw error;
    return { at, prices };
  }
}
