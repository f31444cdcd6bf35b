import { z } from 'zod';
import { messageSchema } from '../messages/message.ts';
import { failureKindSchema } from './delivery.ts';

/** A kind of channel that can be set up. */
export const channelKindSchema = z.object({
  kind: z.string(),
  /** JSON Schema of its options, secrets included. */
  options: z.record(z.string(), z.unknown()),
  /** The options that are secret. */
  secrets: z.array(z.string()).readonly(),
});
export type ChannelKindView = Readonly<z.infer<typeof channelKindSchema>>;

/** The result of a test message. */
export const channelTestSchema = z.object({
  /** Null when it was delivered. */
  failure: z.object({ kind: failureKindSchema, message: messageSchema }).nullable(),
  durationMs: z.number().nonnegative(),
});
export type ChannelTest = Readonly<z.infer<typeof channelTestSchema>>;
