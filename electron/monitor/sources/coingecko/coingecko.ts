import type { Clock } from '../../time/clock.ts';
import type { PriceBatch, PriceRequest, PriceSource } from '../price-source.ts';
import { AHEAD_MS } from '../tick-times.ts';
import { type CoinGeckoAccess, createCoinGeckoClient } from './coingecko-client.ts';
import { toFeedError } from './coingecko-error.ts';
import { splitIds } from './coingecko-url.ts';
import { readSimplePrice, simplePriceSchema } from './simple-price.ts';

/** The value of `Tick.source`, which is stored in the database: do not change it. */
const SOURCE_NAME = 'coingecko';

/**
 * Creates the price source for CoinGecko or any server that speaks its format. It makes one `/simple/price` request
 * for all coins, or as few as fit into URLs. When one of several fails, the whole poll fails: a partial result would
 * look complete.
 *
 * @param options.clock the current time, for a `Retry-After` that is a date; timeouts are real time
 * @param options.latest the latest plausible time of a price; derived from the clock when absent
 */
export function coinGeckoSource(
  options: CoinGeckoAccess & { readonly clock: Clock; readonly latest?: (() => number) | undefined },
): PriceSource {
  const latest = options.latest ?? (() => options.clock.now() + AHEAD_MS);
  const client = createCoinGeckoClient(options);

  const fetchGroup = async (request: PriceRequest, signal: AbortSignal): Promise<PriceBatch> => {
    const { data, response } = await client.simple.price
      .get(
        {
          ids: request.coins.join(','),
          vs_currencies: request.vsCurrency,
          include_market_cap: true,
          include_24hr_vol: true,
          include_24hr_change: true,
          include_last_updated_at: true,
          precision: 'full',
        },
        { signal },
      )
      .withResponse();
    return {
      ...readSimplePrice(simplePriceSchema.parse(data), request, SOURCE_NAME, latest()),
      simulated: response.headers.get('x-simulated-market') === '1',
    };
  };

  return {
    name: SOURCE_NAME,
    async fetchPrices(request, signal) {
      signal.throwIfAborted();
      try {
        const batches: PriceBatch[] = [];
        for (const coins of splitIds(request.coins)) {
          batches.push(await fetchGroup({ ...request, coins }, signal));
        }
        return merge(batches);
      } catch (error) {
        signal.throwIfAborted();
        throw toFeedError(error, options, options.clock.now());
      }
    },
  };
}

function merge(batches: readonly PriceBatch[]): PriceBatch {
  return {
    ticks: batches.flatMap(({ ticks }) => ticks),
    missing: batches.flatMap(({ missing }) => missing),
    rejected: batches.flatMap(({ rejected }) => rejected),
    warnings: batches.flatMap(({ warnings }) => warnings ?? []),
    simulated: batches.some(({ simulated }) => simulated),
  };
}
