import { z } from 'zod';
import { MOST_PLAUSIBLE_AMOUNT, priceSchema } from '../plausible-price.ts';
import type { CcxtTrade } from './ccxt-exchange.ts';
import type { Trade } from './trade-ticks.ts';

const tradeSchema = z.object({
  id: z.string().nullish(),
  timestamp: z.number().int().positive(),
  price: priceSchema,
  amount: z.number().nonnegative().max(MOST_PLAUSIBLE_AMOUNT).nullish(),
});

/** The trades that can be believed, in the order of their times. */
export function readTrades(trades: readonly CcxtTrade[]): readonly Trade[] {
  const good = trades.flatMap((trade) => {
    const parsed = tradeSchema.safeParse(trade).data;
    if (parsed === undefined) return [];
    const { id = null, timestamp, price, amount = null } = parsed;
    return [{ id, at: timestamp, price, amount }];
  });
  return good.sort((a, b) => a.at - b.at);
}
