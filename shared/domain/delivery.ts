import { z } from 'zod';
import { messageSchema } from '../messages/message.ts';
import { instant } from './instant.ts';
import { QUIET_REASONS } from './quiet.ts';

/**
 * Why a delivery failed.
 * `refused`: the channel does not accept our key or password. `rate-limited`: it requests a pause. `unreachable`: there was no
 * response, or a failure of the other side. `certificate`: its TLS certificate is not trusted. `rejected`: it will never
 * accept this alert, and trying again would not help.
 */
export const FAILURE_KINDS = ['refused', 'rate-limited', 'unreachable', 'certificate', 'rejected'] as const;
export const failureKindSchema = z.enum(FAILURE_KINDS);
export type FailureKind = z.infer<typeof failureKindSchema>;

/** Why an alert was deliberately not sent to a channel. */
export const SKIP_REASONS = [
  ...QUIET_REASONS,
  'too-old',
  'unsupported',
  'channel-removed',
  /** The user muted its coin, its rule or the channel. */
  'muted',
  /** A message about a move of the market, which this alert belongs to, was delivered. */
  'market-move',
  /** It follows an alert of the leading coin: see `inhibitedBy` of an alert. */
  'inhibited',
] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/**
 * The status of a delivery of an alert to a channel. `pending`: not tried yet; with a reason, it is held back for the summary
 * after a quiet time. `failed`: tried, and to be tried again.
 * `delivered`, `skipped` and `dead` are final; a dead one can be sent again by the user.
 */
export const DELIVERY_STATUSES = ['pending', 'failed', 'delivered', 'skipped', 'dead'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** The progress of a delivery, without the alert itself. */
export const deliveryProgressSchema = z.object({
  /** When the alert was accepted. */
  takenAt: instant,
  status: z.enum(DELIVERY_STATUSES),
  /** Attempts that failed. */
  attempts: z.number().int().nonnegative(),
  /** Why the last attempt failed, or why none was made. `damaged`: the alert could not be read from the log. */
  reason: z.enum([...FAILURE_KINDS, ...SKIP_REASONS, 'damaged']).nullable(),
  /** The reason as a message. */
  detail: messageSchema.nullable(),
  updatedAt: instant,
});
export type DeliveryProgress = Readonly<z.infer<typeof deliveryProgressSchema>>;

/** The delivery of an alert to a channel. */
export const alertDeliverySchema = deliveryProgressSchema.extend({
  alertId: z.string(),
  channel: z.string(),
});
export type AlertDelivery = Readonly<z.infer<typeof alertDeliverySchema>>;

/** The current failure of a channel. */
export const channelFailureSchema = z.object({
  kind: failureKindSchema,
  message: messageSchema,
  /** Attempts that have failed in a row. */
  attempts: z.number().int().positive(),
  /** When the first of them failed, and when the next attempt is made. */
  since: instant,
  retryAt: instant,
});
export type ChannelFailure = Readonly<z.infer<typeof channelFailureSchema>>;

/** The state of a channel. */
export const channelStateSchema = z.object({
  id: z.string(),
  /** Alerts that wait for their first attempt, for another one or for a summary. */
  waiting: z.number().int().nonnegative(),
  /** The part of `waiting` that is held back for the summary after a quiet time. */
  held: z.number().int().nonnegative(),
  /** Null while attempts succeed. */
  failure: channelFailureSchema.nullable(),
  lastDeliveredAt: instant.nullable(),
});
export type ChannelState = Readonly<z.infer<typeof channelStateSchema>>;
