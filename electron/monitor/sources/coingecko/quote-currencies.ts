import { z } from 'zod';
import type { Clock } from '../../time/clock.ts';
import { type CoinGeckoAccess, createCoinGeckoClient } from './coingecko-client.ts';
import { toFeedError } from './coingecko-error.ts';

const HOUR_MS = 3_600_000;
/** CoinGecko adds about one currency a year. */
const LIST_AGE_MS = 24 * HOUR_MS;

const listSchema = z.array(z.string().regex(/^[a-z]{2,10}$/));

/** The quote currencies that the provider supports. */
export type QuoteCurrencies = {
  /**
   * Their codes in lower case, fetched at most once a day. If that fails, the last known list is returned.
   *
   * @throws FeedError when no list is known and it cannot be fetched
   */
  list(signal: AbortSignal): Promise<readonly string[]>;
};

export function createQuoteCurrencies(options: {
  readonly access: () => CoinGeckoAccess;
  readonly clock: Clock;
}): QuoteCurrencies {
  const { access, clock } = options;
  let known: { readonly codes: readonly string[]; readonly until: number } | null = null;
  return {
    async list(signal) {
      if (known !== null && clock.now() < known.until) return known.codes;
      const used = access();
      try {
        const response = await createCoinGeckoClient(used).simple.supportedVsCurrencies.get({ signal });
        known = { codes: listSchema.parse(response).toSorted(), until: clock.now() + LIST_AGE_MS };
        return known.codes;
      } catch (error) {
        signal.throwIfAborted();
        if (known !== null) return known.codes;
        throw toFeedError(error, used, clock.now());
      }
    },
  };
}
