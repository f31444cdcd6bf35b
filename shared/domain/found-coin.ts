import { z } from 'zod';

/** A coin that a search found. */
export const foundCoinSchema = z.object({
  id: z.string(),
  symbol: z.string(),
  name: z.string(),
  /** Place by market cap, 1 the largest; null where it has none. */
  rank: z.number().int().positive().nullable(),
});
export type FoundCoin = Readonly<z.infer<typeof foundCoinSchema>>;
