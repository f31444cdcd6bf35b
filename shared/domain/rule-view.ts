import { z } from 'zod';
import { messageSchema } from '../messages/message.ts';
import { alertSchema, directionSchema } from './alert.ts';
import { instant, positive } from './instant.ts';

/** A kind of rule that can be chosen. */
export const ruleKindSchema = z.object({
  kind: z.string(),
  /** JSON Schema of its parameters, with their ranges and defaults. */
  params: z.record(z.string(), z.unknown()),
  /** The directions of the price that a rule of it can be raised for. */
  directions: z.array(directionSchema).readonly(),
});
export type RuleKindView = Readonly<z.infer<typeof ruleKindSchema>>;

/** What a rule has raised. */
export const ruleActivitySchema = z.object({
  /** The rule's id. */
  rule: z.string(),
  last: alertSchema,
  /** Alerts since the beginning of the time that was counted. */
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
  /** How long before that prices were available to fill the rule's windows, and how long it wants them. */
  warmUpMs: z.number().nonnegative(),
  wantedWarmUpMs: z.number().nonnegative(),
  /** The prices in few points, oldest first: of each stretch of time its extremes. */
  line: z.array(z.tuple([instant, positive])).readonly(),
  alerts: z.number().int().nonnegative(),
  /** The newest of them, oldest first. */
  firings: z
    .array(z.object({ observedAt: instant, price: positive, direction: directionSchema.nullable() }))
    .readonly(),
  /** Null for prices of less than a day. */
  perWeek: z.number().nonnegative().nullable(),
  /** Days in UTC with an alert, oldest first. */
  days: z.array(dayCountSchema).readonly(),
  worstDay: dayCountSchema.nullable(),
  /** Moves of more than `missedPct` within an hour that no alert was near of. */
  missed: z.number().int().nonnegative(),
  missedPct: positive,
  /** Further limitations of the result: prices that are only known as long candles. */
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
