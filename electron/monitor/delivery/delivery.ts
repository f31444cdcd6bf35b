import { z } from 'zod';
import type { Alert } from '../../../shared/domain/alert.ts';
import { messageSchema } from '../../../shared/messages/message.ts';
import { FAILURE_KINDS } from './delivery-error.ts';

/** Why an alert was not sent to a channel on purpose. */
export const SKIP_REASONS = ['paused', 'quiet-hours', 'too-old', 'unsupported', 'channel-removed'] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/**
 * How far the delivery of an alert to a channel is. `pending`: not tried yet. `failed`: tried, and to be tried again.
 * `delivered`, `skipped` and `dead` are final; a dead one can be sent again by the user.
 */
export const DELIVERY_STATUSES = ['pending', 'failed', 'delivered', 'skipped', 'dead'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** How far it is, apart from the alert itself. Times in milliseconds since the epoch. */
export const deliveryProgressSchema = z.object({
  /** When the alert was accepted. */
  takenAt: z.number(),
  status: z.enum(DELIVERY_STATUSES),
  /** Attempts that failed. */
  attempts: z.number(),
  /** Why the last attempt failed, or why none was made. */
  reason: z.enum([...FAILURE_KINDS, ...SKIP_REASONS]).nullable(),
  /** The reason as a message. */
  detail: messageSchema.nullable(),
  updatedAt: z.number(),
});
export type DeliveryProgress = Readonly<z.infer<typeof deliveryProgressSchema>>;

/** One alert on its way to one channel. */
export type Delivery = DeliveryProgress & { readonly alert: Alert };

/** Whether nothing more happens by itself. */
export function isSettled({ status }: Pick<Delivery, 'status'>): boolean {
  return status !== 'pending' && status !== 'failed';
}
