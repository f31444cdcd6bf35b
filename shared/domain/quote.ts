import { z } from 'zod';
import { messageSchema } from '../messages/message.ts';
import { instant, positive } from './instant.ts';

/** The latest known of one coin, as a card shows it. Everything but the ids is null until the first price. */
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
   * What the streamed exchange has traded since the program started, in units of the coin; only its growth means something.
   * Null while nothing is streamed.
   */
  tradedTotal: z.number().nonnegative().nullable(),
  /** Whether `price` is that of a trade, not one that was asked for: of a candle with trades, only they are the prices. */
  isTrade: z.boolean(),
  /** Mean of the earlier prices in the alert window; null until the rule has enough of them. */
  average: positive.nullable(),
  /** Distance of the price from `average` in per cent. */
  changeFromAveragePct: z.number().nullable(),
  /** The last prices in memory, oldest first, as [observedAt, price]. */
  recent: z.array(z.tuple([instant, positive]).readonly()).readonly(),
  /** Why this coin has no price: an unknown id, for example. */
  problem: messageSchema.nullable(),
});
export type Quote = Readonly<z.infer<typeof quoteSchema>>;

/** A quote that has changed, without the prices in memory: a page has them, and goes on with `addRecentPrice`. */
export const quoteUpdateSchema = quoteSchema.omit({ recent: true });
export type QuoteUpdate = Readonly<z.infer<typeof quoteUpdateSchema>>;
