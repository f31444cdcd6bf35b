import { z } from 'zod';

/**
 * What comes from exchanges beside CoinGecko. `fallback` is the exchange that stands in while CoinGecko gives nothing;
 * `streams` are the coins whose trades are followed, by exchange and by how that goes: `live` when the connection has
 * brought a trade of the coin, `connecting` until then, `waiting` while the connection is to be made again after a failure,
 * `refused` by the exchange. All but the live ones are polled.
 */
export const exchangesStateSchema = z.object({
  fallback: z.string().nullable(),
  streams: z
    .array(
      z.object({
        source: z.string(),
        status: z.enum(['connecting', 'live', 'waiting', 'refused']),
        coins: z.array(z.string()).readonly(),
      }),
    )
    .readonly(),
});
export type ExchangesState = Readonly<z.infer<typeof exchangesStateSchema>>;
