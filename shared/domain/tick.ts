import { z } from 'zod';
import { instant, positive } from './instant.ts';

/**
 * One price of one coin at one moment, from one source. Ticks with the same coin, quote currency, source and `observedAt` are
 * duplicates.
 */
export const tickSchema = z.object({
  coinId: z.string().min(1),
  vsCurrency: z.string().min(1),
  /** The time of the price according to the source. */
  observedAt: instant,
  price: positive,
  /** Rolling 24-hour volume in the quote currency, from CoinGecko. Not the volume of an interval. */
  volume24h: z.number().nonnegative().nullable(),
  /** The traded amount, in units of the coin; null if the price is not that of a trade. */
  amount: z.number().nonnegative().nullable(),
  marketCap: z.number().nonnegative().nullable(),
  /** The source's change over 24 hours in per cent. Shown, but not stored. */
  change24hPct: z.number().nullable(),
  source: z.string().min(1),
});
export type Tick = Readonly<z.infer<typeof tickSchema>>;
