import { z } from 'zod';
import { messageSchema } from '../messages/message.ts';
import { channelStateSchema, failureKindSchema } from './delivery.ts';

/** A channel as a page lists it. */
export const channelSchema = z.object({
  id: z.string(),
  kind: z.string(),
  enabled: z.boolean(),
  /** Null when it is not open: it is not enabled, or its settings are wrong. */
  state: channelStateSchema.nullable(),
  /** Alerts that were given up, and can be sent again. */
  dead: z.number().int().nonnegative(),
  /** What is wrong with its settings, or null. */
  problem: messageSchema.nullable(),
});
export type ChannelView = Readonly<z.infer<typeof channelSchema>>;

/** A kind of channel that can be set up. */
export const channelKindSchema = z.object({
  kind: z.string(),
  /** JSON Schema of its options, secrets included. */
  options: z.record(z.string(), z.unknown()),
  /** The options that are secret. */
  secrets: z.array(z.string()).readonly(),
});
export type ChannelKindView = Readonly<z.infer<typeof channelKindSchema>>;

/** How a test message fared. */
export const channelTestSchema = z.object({
  /** Null when it was delivered. */
  failure: z.object({ kind: failureKindSchema, message: messageSchema }).nullable(),
  durationMs: z.number().nonnegative(),
});
export type ChannelTest = Readonly<z.infer<typeof channelTestSchema>>;
