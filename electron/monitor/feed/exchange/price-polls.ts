import type { Tick } from '../../../../shared/domain.ts';
import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import type { Lane } from './assign-coins.ts';
import type { ExchangeClient } from './exchange-client.ts';
import type { MarketTrust } from './market-trust.ts';

/** Exchanges bear a public request a second; every ten seconds an alert is still in time. */
const POLL_MS = 10_000;
/** Failures in a row after which the coins go to another exchange. */
const MOST_FAILURES = 3;

export type PricePollsOptions = {
  readonly client: ExchangeClient;
  readonly lane: Lane;
  readonly vsCurrency: string;
  readonly trust: MarketTrust;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether prices have to be asked for just now: no stream brings them, and they are wanted. */
  readonly isNeeded: () => boolean;
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
 * @throws ExchangeGivenUp after three failures in a row
 */
export async function runPricePolls(options: PricePollsOptions, signal: AbortSignal): Promise<void> {
  const { client, lane, vsCurrency, trust, clock, log, isNeeded, onTicks, onAnswer } = options;
  const symbols = lane.markets.map(({ symbol }) => symbol);

  const poll = async (): Promise<void> => {
    const { at, prices } = await client.lastPrices(symbols);
    if (signal.aborted || !isNeeded()) return;
    const observedAt = at ?? clock.now();
    const ticks = lane.markets.flatMap((market): readonly Tick[] => {
      const price = prices.get(market.symbol);
      if (price === undefined || !trust.isTrusted(market, lane.exchange, price, observedAt)) return [];
      const figures = { volume24h: null, amount: null, marketCap: null, change24hPct: null };
      return [{ coinId: market.coinId, vsCurrency, observedAt, price, ...figures, source: lane.exchange }];
    });
    if (ticks.length > 0) onTicks(ticks);
  };

  for (let failures = 0; !signal.aborted; ) {
    if (isNeeded()) {
      try {
        await poll();
        failures = 0;
        onAnswer(true);
      } catch (err) {
        if (signal.aborted) return;
        failures += 1;
        onAnswer(false);
        log.info({ err, exchange: client.id, failures }, 'an exchange gave no prices');
        if (failures >= MOST_FAILURES) {
          throw new ExchangeGivenUp(`${client.id} gave no prices ${failures} times in a row`, { cause: err });
        }
      }
    }
    await clock.sleep(POLL_MS, signal).catch(() => undefined); // aborted: the loop ends
  }
}
