import { z } from 'zod';
import { tickSchema } from '../../../shared/domain/tick.ts';
import { betaSchema } from './beta.ts';
import { raisedSchema } from './cooldown.ts';
import { firingSchema } from './firings.ts';
import { leadingPricesSchema } from './leading-prices.ts';
import { savedPricesSchema } from './memory/saved-prices.ts';
import { savedExtremesSchema } from './memory/window-extremes.ts';

/** The state of a rule on a track. The content of `state` is validated by its kind. */
const ruleStateSchema = z.strictObject({
  /** When the condition was last clearly over; null for never. */
  calmAt: z.number().nullable(),
  /** Since when it has held, on which side (0 for none), and whether for as long as the rule requires. */
  since: z.number(),
  side: z.number(),
  hasFired: z.boolean(),
  /** Whether this was before the rule was created. */
  isOld: z.boolean().default(false),
  /** Whether the rule was created, or changed, and has not seen a new tick of the track since. */
  isUnstepped: z.boolean().default(false),
  /** The time of the first price that it has seen on the track; null if that was long ago. */
  seenFrom: z.number().nullable().default(null),
  state: z.unknown(),
});

const trackStateSchema = z.strictObject({
  vsCurrency: z.string(),
  source: z.string(),
  prices: savedPricesSchema,
  extremes: z.array(savedExtremesSchema).readonly(),
  /** By the rule's id. */
  rules: z.record(z.string(), ruleStateSchema),
  /** How the track moves with the leading coin, or the prices of that coin with which others are compared. */
  beta: betaSchema.exactOptional(),
  leading: leadingPricesSchema.exactOptional(),
});
export type TrackState = Readonly<z.infer<typeof trackStateSchema>>;

/** Of a coin as a whole, in one currency. */
const savedWholeSchema = z.strictObject({ last: tickSchema.readonly(), track: trackStateSchema });
export type SavedWhole = Readonly<z.infer<typeof savedWholeSchema>>;

/** The engine's state of one coin, as plain JSON. */
export const coinStateSchema = z.strictObject({
  /** The fingerprint of each rule that the states belong to. A different rule does not continue from them. */
  rules: z.record(z.string(), z.string()),
  tracks: z.array(trackStateSchema).readonly(),
  /** The leading coin, if alerts can be inhibited. */
  leadingCoin: z.string().exactOptional(),
  /** The coin as a whole, if there are rules for that. */
  whole: savedWholeSchema.exactOptional(),
  /** The last alerts, by the rule's id. */
  raised: z.record(z.string(), z.array(raisedSchema).readonly()),
  /** The firings, in the order in which they began. */
  firings: z.array(firingSchema).readonly().default([]),
});
export type CoinState = Readonly<z.infer<typeof coinStateSchema>>;
