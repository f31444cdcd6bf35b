import { z } from 'zod';
import { messageSchema } from '../messages/message.ts';
import { budgetStatusSchema } from './budget-status.ts';
import { databaseStateSchema } from './database-state.ts';
import { exchangesStateSchema } from './exchanges-state.ts';
import { feedStateSchema } from './feed-state.ts';
import { problemSchema } from './problem.ts';

/** The state of everything but the prices. */
export const statusSchema = z.object({
  feed: feedStateSchema,
  database: databaseStateSchema,
  queue: z.object({
    /** Ticks accepted and not yet in the database. */
    waitingTicks: z.number().int().nonnegative(),
    /** Tasks that can never be written, kept aside. */
    deadLetters: z.number().int().nonnegative(),
  }),
  alertsFile: z.object({
    path: z.string(),
    /** Why the last append failed, or null. Appending is retried. */
    error: messageSchema.nullable(),
    waitingLines: z.number().int().nonnegative(),
  }),
  problems: z.array(problemSchema).readonly(),
  exchanges: exchangesStateSchema.optional(),
  budget: budgetStatusSchema.optional(),
  /** Requests for history, made to fill what was not measured; absent while there is nothing to fill. */
  backfill: z.object({ done: z.number().int().nonnegative(), total: z.number().int().positive() }).optional(),
});
export type Status = Readonly<z.infer<typeof statusSchema>>;
