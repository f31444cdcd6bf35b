import { z } from 'zod';
import { raisedSchema } from './cooldown.ts';
import { savedPricesSchema } from './memory/saved-prices.ts';

/** What a rule knows of a track. What is in `state` is for its kind to check. */
const ruleStateSchema = z.strictObject({
  /** When the condition was last clearly over; null for never. */
  calmAt: z.number().nullable(),
  state: z.unknown(),
});

const trackStateSchema = z.strictObject({
  vsCurrency: z.string(),
  source: z.string(),
  prices: savedPricesSchema,
  /** By the rule's id. */
  rules: z.record(z.string(), ruleStateSchema),
});
export type TrackState = Readonly<z.infer<typeof trackStateSchema>>;

/** All that the engine knows of one coin, as plain JSON. */
export const coinStateSchema = z.strictObject({
  /** What each rule was when it made its states: its kind and parameters. Another rule does not go on from them. */
  rules: z.record(z.string(), z.string()),
  tracks: z.array(trackStateSchema).readonly(),
  /** The last alerts, by the rule's id. */
  raised: z.record(z.string(), z.array(raisedSchema).readonly()),
});
export type CoinState = Readonly<z.infer<typeof coinStateSchema>>;
