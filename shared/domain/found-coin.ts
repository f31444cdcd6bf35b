import { z } from 'zod';

/** A search result. */
export const foundCoinSchema = z.object({
  id: z.string(),
  symbol: z.string(),
  name: z.string(),
  /** Rank by market cap, 1 being the largest; null when it has none. */
  rank: z.number().int().positive().nullable(),
});
export type FoundCoin = Readonly<z.infer<typeof foundCoinSchema>>;
