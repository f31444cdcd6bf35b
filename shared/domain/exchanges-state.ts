import { z } from 'zod';

/**
 * The state of the exchanges. `fallback` is the exchange that provides prices while CoinGecko does not. `streams` are the
 * coins whose trades are streamed, by exchange and status: `live` once the connection has delivered a trade of the coin,
 * `connecting` until then, `waiting` to reconnect after a failure, `refused` by the exchange. All but the live ones are
 * polled.
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
