import { z } from 'zod';
import { tickSchema } from '../../../shared/domain/tick.ts';
import { betaSchema } from './beta.ts';
import { raisedSchema } from './cooldown.ts';
import { firingSchema } from './firings.ts';
import { leadingPricesSchema } from './leading-prices.ts';
import { savedPricesSchema } from './memory/saved-prices.ts';
import { savedExtremesSchema } from './memory/window-extremes.ts';

/** What a rule knows of a track. What is in `state` is for its kind to check. */
const ruleStateSchema = z.strictObject({
  /** When the condition was last clearly over; null for never. */
  calmAt: z.number().nullable(),
  /** Since when it has held, on which side (0 for none), and whether for as long as the rule wants. */
  since: z.number(),
  side: z.number(),
  hasFired: z.boolean(),
  /** Whether it did so before the rule was made. */
  isOld: z.boolean().default(false),
  /** Whether the rule was made, or changed, and has not seen a new tick of the track since. */
  isUnstepped: z.boolean().default(false),
  /** The time of the first price that it has seen of the track; null where that was long ago. */
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
  /** How the track moves with the leading coin, or what of that coin others are compared with. */
  beta: betaSchema.exactOptional(),
  leading: leadingPricesSchema.exactOptional(),
});
export type TrackState = Readonly<z.infer<typeof trackStateSchema>>;

/** Of a coin as a whole, in one currency. */
const savedWholeSchema = z.strictObject({ last: tickSchema.readonly(), track: trackStateSchema });
export type SavedWhole = Readonly<z.infer<typeof savedWholeSchema>>;

/** All that the engine knows of one coin, as plain JSON. */
export const coinStateSchema = z.strictObject({
  /** What each rule was when it made its states: its kind and parameters. Another rule does not go on from them. */
  rules: z.record(z.string(), z.string()),
  tracks: z.array(trackStateSchema).readonly(),
  /** The leading coin, where alerts can be inhibited. */
  leadingCoin: z.string().exactOptional(),
  /** The coin as a whole, where there are rules that see it so. */
  whole: savedWholeSchema.exactOptional(),
  /** The last alerts, by the rule's id. */
  raised: z.record(z.string(), z.array(raisedSchema).readonly()),
  /** The rules that fire, in the order in which they began to. */
  firings: z.array(firingSchema).readonly().default([]),
});
export type CoinState = Readonly<z.infer<typeof coinStateSchema>>;
