import { z } from 'zod';
import { messageSchema } from '../messages/message.ts';
import { instant } from './instant.ts';

/**
 * The state of the price feed.
 * `live`: the last request succeeded and the newest price is recent.
 * `stale`: requests succeed, but the provider's prices have not changed since `since`.
 * `rate-limited`: the provider responded with 429; no request is made until `until`.
 * `offline`: requests have failed since `since`; the next one is made at `retryAt`.
 * `stopped`: the provider rejects the requests (401, 403); retrying would not help.
 */
export const feedStateSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('starting') }),
  z.object({ status: z.literal('live'), lastSuccessAt: instant }),
  z.object({ status: z.literal('stale'), since: instant, lastSuccessAt: instant }),
  z.object({ status: z.literal('rate-limited'), since: instant, until: instant }),
  z.object({ status: z.literal('offline'), since: instant, retryAt: instant, error: messageSchema }),
  z.object({ status: z.literal('stopped'), since: instant, error: messageSchema }),
]);
export type FeedState = Readonly<z.infer<typeof feedStateSchema>>;
