import { z } from 'zod';
import { messageSchema } from '../messages/message.ts';
import { instant } from './instant.ts';

/**
 * How the price feed is doing.
 * `live`: the last request worked and the newest price is young.
 * `stale`: requests work, but the provider's prices have not moved on since `since`.
 * `rate-limited`: the provider asked us to wait (HTTP 429) until `until`.
 * `offline`: requests have failed since `since`; the next try is at `retryAt`.
 * `stopped`: the provider refuses us (401, 403) and trying again would not help.
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
