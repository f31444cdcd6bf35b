import { z } from 'zod';
import { message, verbatim } from '../../../../shared/messages/message.ts';
import { readNamedTrades } from './read-trades.ts';
import type { SocketDialect } from './socket-dialect.ts';

/** The two assets whose names differ between version 2 of the WebSocket API and the list of pairs. */
const RENAMED: Readonly<Record<string, string>> = { XBT: 'BTC', XDG: 'DOGE' };

const tradesSchema = z.object({
  channel: z.literal('trade'),
  type: z.enum(['snapshot', 'update']),
  data: z.array(z.unknown()),
});

const tradeSchema = z
  .object({
    symbol: z.string(),
    price: z.number(),
    qty: z.number(),
    trade_id: z.union([z.number(), z.string()]),
    timestamp: z.string(),
  })
  .transform(({ symbol, trade_id, timestamp, price, qty }) => ({
    name: symbol,
    trade: { id: String(trade_id), timestamp: Date.parse(timestamp), price, amount: qty },
  }));

const responseSchema = z.object({
  method: z.literal('subscribe'),
  success: z.boolean(),
  req_id: z.number().optional(),
  error: z.string().optional(),
  symbol: z.string().optional(),
  result: z.object({ symbol: z.string() }).optional(),
});

/**
 * Channel `trade` of version 2, which needs no key. It uses the exchange's own asset names, where ccxt uses unified
 * ones: Kraken's LUNA is Terra Classic, which ccxt calls LUNC, and Kraken's LUNA2 is ccxt's LUNA. Each market of a
 * request gets its own response.
 *
 * Source: docs.kraken.com, "Spot WebSocket v2, Trades".
 */
export const krakenSocket: SocketDialect = {
  url: ({ urls }) => String(z.object({ ws: z.object({ publicV2: z.string() }) }).parse(urls.api).ws.publicV2),
  nameOf: ({ wsId }) =>
    wsId
      ?.split('/')
      .map((asset) => RENAMED[asset] ?? asset)
      .join('/') ?? null,
  subscribe: (names, requestId) => ({
    method: 'subscribe',
    params: { channel: 'trade', symbol: names, snapshot: true },
    req_id: requestId,
  }),
  hasSnapshots: true,
  read(sent) {
    const update = tradesSchema.safeParse(sent).data;
    if (update !== undefined) {
      return { trades: readNamedTrades(update.data, tradeSchema, update.type === 'snapshot') };
    }
    const response = responseSchema.safeParse(sent).data;
    if (response === undefined) return {};
    const { success, symbol, result, error, req_id } = response;
    if (success) return result === undefined ? {} : { confirmed: [result.symbol] };
    const reason = error === undefined ? message('exchange.no-reason') : verbatim(error);
    return { refusal: { name: symbol ?? null, requestId: req_id ?? null, reason } };
  },
};
