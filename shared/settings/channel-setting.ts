import { z } from 'zod';
import { SEVERITIES } from '../domain/alert.ts';

/** Which alerts go to a channel; all, when nothing is named. An alert has to match each part that is there. */
export const routeSchema = z.strictObject({
  /** The least severity. */
  severity: z.enum(SEVERITIES, `must be one of ${SEVERITIES.join(', ')}`).optional(),
  /** Ids of rules. */
  rules: z.array(z.string().min(1)).min(1, 'names no rule').optional(),
  /** Ids of coins. */
  coins: z.array(z.string().min(1)).min(1, 'names no coin').optional(),
});
export type Route = Readonly<z.infer<typeof routeSchema>>;

/** A channel as the user sets it up. What `options` holds depends on the kind; secrets are kept apart. */
export const channelSettingSchema = z.strictObject({
  /** Names the channel for good: in the journal, the history and the variables of its secrets. */
  id: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be a lower-case name of letters, digits and dashes, e.g. "ops"'),
  kind: z.string().min(1, 'names no kind of channel'),
  enabled: z.boolean('must be true or false').default(true),
  options: z.record(z.string(), z.unknown()).default({}),
  route: routeSchema.default({}),
  /** Alerts of so many minutes are delivered as one message; null for each at once. */
  digestMinutes: z
    .number('must be a number')
    .min(1, 'must be at least 1')
    .max(1_440, 'must be at most 1440')
    .nullable()
    .default(null),
});
export type ChannelSetting = Readonly<z.infer<typeof channelSettingSchema>>;

export const channelsSchema = z
  .array(channelSettingSchema)
  .max(50, 'holds at most 50 channels')
  .refine(
    (channels) => new Set(channels.map(({ id }) => id)).size === channels.length,
    'names a channel twice',
  );
