import { z } from 'zod';
import { messageSchema } from '../messages/message.ts';
import { instant, positive } from './instant.ts';

/** The newest price of a coin and its context. Fields that depend on a price are null until the first one. */
export const quoteSchema = z.object({
  coinId: z.string(),
  vsCurrency: z.string(),
  price: positive.nullable(),
  observedAt: instant.nullable(),
  source: z.string().nullable(),
  volume24h: z.number().nonnegative().nullable(),
  marketCap: z.number().nonnegative().nullable(),
  change24hPct: z.number().nullable(),
  /**
   * The amount traded on the streamed exchange since the program started, in units of the coin; only differences between
   * two values are meaningful. Null while nothing is streamed.
   */
  tradedTotal: z.number().nonnegative().nullable(),
  /** Whether `price` is the price of a trade rather than a polled one. A candle that contains trades is computed from trades alone. */
  isTrade: z.boolean(),
  /** Mean of the earlier prices in the alert window; null until there are enough. */
  average: positive.nullable(),
  /** Distance of the price from `average` in per cent. */
  changeFromAveragePct: z.number().nullable(),
  /** The latest prices, oldest first, as [observedAt, price]. */
  recent: z.array(z.tuple([instant, positive]).readonly()).readonly(),
  /** Why this coin has no price: an unknown id, for example. */
  problem: messageSchema.nullable(),
});
export type Quote = Readonly<z.infer<typeof quoteSchema>>;

/** A changed quote without its recent prices, which a page already has and extends with `addRecentPrice`. */
export const quoteUpdateSchema = quoteSchema.omit({ recent: true });
export type QuoteUpdate = Readonly<z.infer<typeof quoteUpdateSchema>>;
