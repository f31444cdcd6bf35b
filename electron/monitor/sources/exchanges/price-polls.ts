import type { Tick } from '../../../../shared/domain/tick.ts';
import { message } from '../../../../shared/messages/message.ts';
import type { Logger } from '../../logging/logger.ts';
import type { Clock } from '../../time/clock.ts';
import { FeedError } from '../price-source.ts';
import type { ExchangeAssignment } from './assign-coins.ts';
import type { ExchangeClient, LastPrices } from './exchange-client.ts';
import type { MappedMarket } from './map-markets.ts';
import type { MarketTrust } from './market-trust.ts';
import type { TradeMemory } from './trade-memory.ts';

/** Exchanges allow one public request a second. Every ten seconds is enough for alerts. */
const POLL_MS = 10_000;
/** Consecutive failures after which the coins go to another exchange. */
const MAX_FAILURES = 3;

export type PricePollsOptions = {
  readonly client: ExchangeClient;
  readonly assignment: ExchangeAssignment;
  readonly vsCurrency: string;
  readonly memory: TradeMemory;
  readonly trust: MarketTrust;
  readonly clock: Clock;
  readonly log: Logger;
  /** The markets that have to be polled now: their prices are needed and no stream provides them. */
  readonly needed: () => readonly MappedMarket[];
  readonly onTicks: (ticks: readonly Tick[]) => void;
  /** Called after each request. */
  readonly onResult: (succeeded: boolean) => void;
};

/** The exchange failed several times in a row. */
export class ExchangeUnavailableError extends Error {}

/**
 * Polls the needed prices of an assignment's markets, in one request, until the signal aborts. Exchanges do not date
 * the prices of this response, so a price gets the time at which the exchange responded, by the exchange's clock:
 * with a clock of ours that is fast, the trades that follow would look older and raise no alert.
 *
 * @throws ExchangeUnavailableError after three consecutive failures, when no market is streamed
 */
export async function runPricePolls(options: PricePollsOptions, signal: AbortSignal): Promise<void> {
  const { client, assignment, vsCurrency, memory, clock, log, needed, onTicks, onResult } = options;
  const trust = options.trust.connect(assignment.exchange);

  const poll = async (): Promise<void> => {
    const { at, prices } = await pricesOf(
      client,
      needed().map(({ symbol }) => symbol),
    );
    if (signal.aborted) return;
    if (prices.size === 0)
      throw new FeedError('bad-answer', message('exchange.no-prices', { exchange: client.id }));
    const observedAt = at ?? clock.now();
    const ticks = needed().flatMap((market): readonly Tick[] => {
      const price = prices.get(market.symbol);
      if (price === undefined || !trust.isTrusted(market, price, observedAt)) return [];
      return [memory.of(assignment.exchange, market, vsCurrency).ticks.tickForPrice(price, observedAt)];
    });
    if (ticks.length > 0) onTicks(ticks);
  };

  for (let failures = 0; !signal.aborted; ) {
    const wanted = needed().length;
    if (wanted > 0) {
      try {
        await poll();
        failures = 0;
        onResult(true);
      } catch (err) {
        if (signal.aborted) return;
        failures += 1;
        onResult(false);
        log.info({ err, exchange: client.id, failures }, 'an exchange returned no prices');
        // While it streams other markets, requests for the remaining ones may fail.
        if (failures >= MAX_FAILURES && needed().length === assignment.markets.length) {
          throw new ExchangeUnavailableError(`${client.id} returned no prices ${failures} times in a row`, {
            cause: err,
          });
        }
      }
    } else onResult(false);
    await clock.sleep(POLL_MS, signal).catch(() => undefined); // aborted: the loop ends
  }
}

/** Rejected single markets after which an exchange counts as unusable. */
const MAX_REFUSED = 3;

/**
 * Fetches the prices in one request or, when the exchange rejects that because of one market, in one request per
 * market.
 */
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
      if (prices.size === 0 && refused >= MAX_REFUSED) break;
      const one = await client.lastPrices([symbol]).catch(() => null); // rejected: continue with the others
      if (one === null) refused += 1;
      for (const [name, price] of one?.prices ?? []) prices.set(name, price);
      at = one?.at ?? at;
    }
    if (prices.size === 0) throw error;
    return { at, prices };
  }
}
