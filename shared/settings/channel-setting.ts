import { z } from 'zod';
import { SEVERITIES } from '../domain/alert.ts';
import { ruleIdSchema } from '../domain/rule-id.ts';
import { says } from '../messages/fault-of-issue.ts';
import { message } from '../messages/message.ts';

const MAX_CHANNELS = 50;

const idsSchema = z
  .array(z.string().min(1))
  .refine((ids) => ids.length > 0, says(message('value.empty')))
  .readonly();

/** Which alerts go to a channel: those that match every given part. All alerts when no part is given. */
export const routeSchema = z.strictObject({
  /** The lowest severity. */
  severity: z.enum(SEVERITIES).optional(),
  /** Ids of rules. */
  rules: idsSchema.optional(),
  /** Ids of coins. */
  coins: idsSchema.optional(),
  /** The id of a watchlist in the settings, whose current coins apply. */
  watchlist: ruleIdSchema.optional(),
});
export type Route = Readonly<z.infer<typeof routeSchema>>;

/** A channel in the settings. The kind defines `options`; secrets are stored separately. */
export const channelSettingSchema = z.strictObject({
  /** The permanent name of the channel, used in the log, the history and the variables of its secrets. */
  id: z.string().refine((id) => /^[a-z][a-z0-9-]{0,39}$/.test(id), says(message('channel.not-an-id'))),
  kind: z.string().min(1),
  enabled: z.boolean().default(true),
  options: z.record(z.string(), z.unknown()).default({}),
  route: routeSchema.default({}),
  /** Whether the channel is also notified when an alert is resolved, because its condition is over. */
  sendResolved: z.boolean().default(false),
  /** Alerts of this many minutes are delivered as one message; null delivers each one immediately. */
  digestMinutes: z.number().min(1).max(1_440).nullable().default(null),
});
export type ChannelSetting = Readonly<z.infer<typeof channelSettingSchema>>;

export const channelsSchema = z
  .array(channelSettingSchema)
  .refine(({ length }) => length <= MAX_CHANNELS, says(message('channel.too-many', { most: MAX_CHANNELS })))
  .refine(
    (channels) => new Set(channels.map(({ id }) => id)).size === channels.length,
    says(message('channel.id-twice')),
  );
