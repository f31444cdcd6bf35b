import { z } from 'zod';
import { messageSchema } from '../messages/message.ts';
import { instant } from './instant.ts';

const count = z.number().int().nonnegative();

const ratePointSchema = z.object({
  /** The value of the parameter. */
  value: z.number(),
  alerts: count,
  perWeek: z.number().nonnegative(),
});
export type RatePoint = Readonly<z.infer<typeof ratePointSchema>>;

export const ruleSolutionSchema = z.object({
  /** The parameter that was solved for. */
  param: z.string(),
  /** Alerts a week of all coins together, in ascending order of the parameter's value. */
  curve: z.array(ratePointSchema).min(1).readonly(),
  /** The point of the curve whose rate is nearest to the wanted one. */
  best: ratePointSchema.extend({
    /** The bounds of the 95% confidence interval of the rate, if alerts are independent of each other. */
    lowPerWeek: z.number().nonnegative(),
    highPerWeek: z.number().nonnegative(),
  }),
  /** What each coin contributes at the best point, and the prices that it was counted on. */
  coins: z
    .array(z.object({ coinId: z.string(), from: instant, to: instant, prices: count, alerts: count }))
    .readonly(),
  /** What makes the result uncertain: few alerts, a short history, a rate that no value reaches. */
  notes: z.array(messageSchema).readonly(),
});
/** The value of a parameter at which a rule raises about as many alerts as are wanted. */
export type RuleSolution = Readonly<z.infer<typeof ruleSolutionSchema>>;
