import { z } from 'zod';
import { messageSchema } from '../messages/message.ts';
import { positive } from './instant.ts';

/** The calls to the provider that its plan allows, and the interval between price requests that they last for. */
export const budgetStatusSchema = z.object({
  plan: z.enum(['keyless', 'demo', 'pro']),
  /** In this calendar month, UTC. */
  usedThisMonth: z.number().int().nonnegative(),
  /** Null where the plan counts no month. */
  leftThisMonth: z.number().int().nonnegative().nullable(),
  intervalSeconds: positive,
  /** Why just this interval: `10,000 calls a month: 7,412 left for 9 days`. */
  reason: messageSchema,
});
export type BudgetStatus = Readonly<z.infer<typeof budgetStatusSchema>>;
