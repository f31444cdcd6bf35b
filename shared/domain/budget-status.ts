import { z } from 'zod';
import { messageSchema } from '../messages/message.ts';
import { positive } from './instant.ts';

/** The calls that the provider's plan allows, and the poll interval for which they last. */
export const budgetStatusSchema = z.object({
  plan: z.enum(['keyless', 'demo', 'pro']),
  /** In this calendar month, UTC. */
  usedThisMonth: z.number().int().nonnegative(),
  /** Null for a plan without a monthly limit. */
  leftThisMonth: z.number().int().nonnegative().nullable(),
  intervalSeconds: positive,
  /** What determines the interval: `10,000 calls a month: 7,412 left for 9 days`. */
  reason: messageSchema,
});
export type BudgetStatus = Readonly<z.infer<typeof budgetStatusSchema>>;
