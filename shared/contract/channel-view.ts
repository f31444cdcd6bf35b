import { z } from 'zod';
import { channelStateSchema } from '../domain/delivery.ts';
import { messageSchema } from '../messages/message.ts';
import { channelSettingSchema } from '../settings/channel-setting.ts';

/** A channel as it is listed on a page. */
export const channelSchema = z.object({
  id: z.string(),
  kind: z.string(),
  enabled: z.boolean(),
  /** Null when it is not open: it is not enabled, or its settings are wrong. */
  state: channelStateSchema.nullable(),
  /** Dead letters: alerts that are not tried again, but can be sent again by a user. */
  dead: z.number().int().nonnegative(),
  /** What is wrong with its settings, or null. */
  problem: messageSchema.nullable(),
  /** As in the settings, without secrets; null for a channel that is always there. */
  setting: channelSettingSchema.nullable(),
  /** The secret options that have a value, and where it comes from. A secret itself is never returned. */
  secrets: z.record(z.string(), z.enum(['environment', 'kept'])),
});
export type ChannelView = Readonly<z.infer<typeof channelSchema>>;
