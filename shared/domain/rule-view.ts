import { z } from 'zod';
import { messageSchema } from '../messages/message.ts';
import { alertSchema, directionSchema } from './alert.ts';
import { instant, positive } from './instant.ts';

/** A kind of rule that can be chosen. */
export const ruleKindSchema = z.object({
  kind: z.string(),
  /** JSON Schema of its parameters, with their ranges and defaults. */
  params: z.record(z.string(), z.unknown()),
  /** The directions of a price for which rules of this kind can raise alerts. */
  directions: z.array(directionSchema).readonly(),
});
export type RuleKindView = Readonly<z.infer<typeof ruleKindSchema>>;

/** The recent alerts of a rule. */
export const ruleActivitySchema = z.object({
  /** The rule's id. */
  rule: z.string(),
  last: alertSchema,
  /** Alerts within the counted time range. */
  count: z.number().int().nonnegative(),
});
export type RuleActivity = Readonly<z.infer<typeof ruleActivitySchema>>;

const dayCountSchema = z.object({ day: instant, alerts: z.number().int().nonnegative() });

/** What a rule would have raised on stored prices of the last days. */
export const rulePreviewSchema = z.object({
  /** The prices that it was run on: candles of a week, or for a rule that compares sources, the ticks of a day. */
  on: z.enum(['candles', 'ticks']),
  /** The requested time range; the prices may cover less of it. */
  wantedFrom: instant,
  /** The first and the last price; null when there are none. */
  covered: z.object({ from: instant, to: instant }).nullable(),
  /** For how long before that prices were available to fill the rule's windows, and for how long the rule needs them. */
  warmUpMs: z.number().nonnegative(),
  wantedWarmUpMs: z.number().nonnegative(),
  /** The prices reduced to few points, oldest first: the extremes of each time slice. */
  line: z.array(z.tuple([instant, positive])).readonly(),
  alerts: z.number().int().nonnegative(),
  /** The newest of these alerts, oldest first. */
  firings: z
    .array(z.object({ observedAt: instant, price: positive, direction: directionSchema.nullable() }))
    .readonly(),
  /** Null for prices of less than a day. */
  perWeek: z.number().nonnegative().nullable(),
  /** Days in UTC with an alert, oldest first. */
  days: z.array(dayCountSchema).readonly(),
  worstDay: dayCountSchema.nullable(),
  /** The number of moves of more than `missedPct` within an hour without an alert near them. */
  missed: z.number().int().nonnegative(),
  missedPct: positive,
  /** Further limitations of the result, for example prices that are only known as long candles. */
  notes: z.array(messageSchema).readonly(),
});
export type RulePreview = Readonly<z.infer<typeof rulePreviewSchema>>;

/** A coin for which the condition of a rule holds at its newest price. */
export const heldCoinSchema = z.object({
  coinId: z.string().min(1),
  /** Null for a condition without a direction. */
  side: directionSchema.nullable(),
});
export type HeldCoin = Readonly<z.infer<typeof heldCoinSchema>>;
