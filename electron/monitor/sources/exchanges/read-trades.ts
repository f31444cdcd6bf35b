import { z } from 'zod';
import { MAX_PLAUSIBLE_AMOUNT, priceSchema } from '../plausible-price.ts';
import type { CcxtTrade } from './ccxt-exchange.ts';
import type { NamedTrades } from './socket-dialect.ts';
import type { Trade } from './trade.ts';
import { compareTrades } from './trade.ts';

const tradeSchema = z.object({
  id: z.string().nullish(),
  timestamp: z.number().int().positive(),
  price: priceSchema,
  amount: z.number().nonnegative().max(MAX_PLAUSIBLE_AMOUNT).nullish(),
});

/** The valid trades, in the order in which they were made. */
export function readTrades(trades: readonly CcxtTrade[]): readonly Trade[] {
  const valid = trades.flatMap((trade) => {
    const parsed = tradeSchema.safeParse(trade).data;
    if (parsed === undefined) return [];
    const { id = null, timestamp, price, amount = null } = parsed;
    return [{ id, at: timestamp, price, amount }];
  });
  return valid.sort(compareTrades);
}

/** A trade of a message, with the market that it names. */
export type NamedTrade = { readonly name: string; readonly trade: CcxtTrade };

/** Groups the trades of a message by market. Invalid rows are left out. */
export function readNamedTrades(
  rows: readonly unknown[],
  schema: z.ZodType<NamedTrade>,
  isSnapshot: boolean,
): readonly NamedTrades[] {
  const named = rows.flatMap((row) => schema.safeParse(row).data ?? []);
  return [...Map.groupBy(named, ({ name }) => name)].map(([name, own]) => ({
    name,
    isSnapshot,
    trades: readTrades(own.map(({ trade }) => trade)),
  }));
}
