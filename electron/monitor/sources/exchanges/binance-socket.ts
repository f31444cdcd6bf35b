import { z } from 'zod';
import { verbatim } from '../../../../shared/messages/message.ts';
import { readNamedTrades } from './read-trades.ts';
import type { SocketDialect } from './socket-dialect.ts';

const requestId = z.number().nullish();

const tradeSchema = z
  .object({
    e: z.literal('trade'),
    s: z.string(),
    t: z.union([z.number(), z.string()]),
    p: z.string(),
    q: z.string(),
    T: z.number(),
  })
  .transform(({ s, t, p, q, T }) => ({
    name: s,
    trade: { id: String(t), timestamp: T, price: Number(p), amount: Number(q) },
  }));

const confirmationSchema = z.object({ result: z.null(), id: z.number() });

/** Newer servers wrap the error in an object; older ones send it bare. */
const errorSchema = z.union([
  z.object({ error: z.object({ code: z.number(), msg: z.string() }), id: requestId }),
  z
    .object({ code: z.number(), msg: z.string(), id: requestId })
    .transform(({ id, ...error }) => ({ error, id })),
]);

/**
 * Streams `<symbol>@trade`, which need no key. There is no snapshot. An error rejects every stream of its request. A
 * stream that does not exist is confirmed like any other and then stays silent.
 *
 * Source: developers.binance.com, "WebSocket Streams", "Live Subscribing" and "Trade Streams".
 */
export const binanceSocket: SocketDialect = {
  url: ({ urls }) => `${z.object({ ws: z.object({ spot: z.string() }) }).parse(urls.api).ws.spot}/0`,
  nameOf: ({ id }) => id,
  subscribe: (names, id) => ({
    method: 'SUBSCRIBE',
    params: names.map((name) => `${name.toLowerCase()}@trade`),
    id,
  }),
  hasSnapshots: false,
  read(message) {
    const trades = readNamedTrades([message], tradeSchema, false);
    if (trades.length > 0) return { trades };
    const confirmation = confirmationSchema.safeParse(message).data;
    if (confirmation !== undefined) return { confirmedRequest: confirmation.id };
    const refused = errorSchema.safeParse(message).data;
    if (refused === undefined) return {};
    return { refusal: { name: null, requestId: refused.id ?? null, reason: verbatim(refused.error.msg) } };
  },
};
