import { z } from 'zod';
import { MOST_PLAUSIBLE_AMOUNT, priceSchema } from '../plausible-price.ts';
import type { CcxtTrade } from './ccxt-exchange.ts';
import type { NamedTrades } from './socket-dialect.ts';
import { compareTrades } from './trade-order.ts';
import type { Trade } from './trade-ticks.ts';

const tradeSchema = z.object({
  id: z.string().nullish(),
  timestamp: z.number().int().positive(),
  price: priceSchema,
  amount: z.number().nonnegative().max(MOST_PLAUSIBLE_AMOUNT).nullish(),
});

/** The trades that can be believed, in the order in which they were made. */
export function readTrades(trades: readonly CcxtTrade[]): readonly Trade[] {
  const good = trades.flatMap((trade) => {
    const parsed = tradeSchema.safeParse(trade).data;
    if (parsed === undefined) return [];
    const { id = null, timestamp, price, amount = null } = parsed;
    return [{ id, at: timestamp, price, amount }];
  });
  return good.sort(compareTrades);
}

/** A trade as a message tells it, with the market that it names. */
export type ToldTrade = { readonly name: string; readonly trade: CcxtTrade };

/** The trades of a message by market. What is no trade is left out, and the others count. */
export function readNamedTrades(
  rows: readonly unknown[],
  schema: z.ZodType<ToldTrade>,
  isSnapshot: boolean,
): readonly NamedTrades[] {
  const told = rows.flatMap((row) => schema.safeParse(row).data ?? []);
  return [...Map.groupBy(told, ({ name }) => name)].map(([name, own]) => ({
    name,
    isSnapshot,
    trades: readTrades(own.map(({ trade }) => trade)),
  }));
}
