import { z } from 'zod';
import { instant, positive } from './instant.ts';

/**
 * One price of one coin at one moment, as a source gave it.
 * Two ticks are the same tick when coin, quote currency, source and `observedAt` are equal.
 */
export const tickSchema = z.object({
  coinId: z.string().min(1),
  vsCurrency: z.string().min(1),
  /** When the source says that this was the price. */
  observedAt: instant,
  price: positive,
  /** Rolling 24-hour volume in the quote currency, as CoinGecko gives it. Not the volume of an interval. */
  volume24h: z.number().nonnegative().nullable(),
  /** What was traded at this price, in units of the coin; null for a price that is no trade. */
  amount: z.number().nonnegative().nullable(),
  marketCap: z.number().nonnegative().nullable(),
  /** The source's own figure for the change over 24 hours, in per cent. Shown, not stored. */
  change24hPct: z.number().nullable(),
  source: z.string().min(1),
});
export type Tick = Readonly<z.infer<typeof tickSchema>>;
