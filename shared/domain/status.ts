import { z } from 'zod';
import { messageSchema } from '../messages/message.ts';
import { budgetStatusSchema } from './budget-status.ts';
import { databaseStateSchema } from './database-state.ts';
import { exchangesStateSchema } from './exchanges-state.ts';
import { feedStateSchema } from './feed-state.ts';
import { problemSchema } from './problem.ts';
import { quietSchema } from './quiet.ts';
import { replicaStateSchema } from './replica-state.ts';

/** The state of the program's parts. */
export const statusSchema = z.object({
  feed: feedStateSchema,
  database: databaseStateSchema,
  /** Absent without a replica. */
  replica: replicaStateSchema.optional(),
  queue: z.object({
    /** Ticks in the log that are not in the database yet. */
    waitingTicks: z.number().int().nonnegative(),
    /** Records that the database rejects permanently. */
    deadLetters: z.number().int().nonnegative(),
  }),
  /** Absent if another process writes the file, or a channel of another kind replaces it. */
  alertsFile: z
    .object({
      path: z.string(),
      /** Whether a line has been written since the start. Before that, it is unknown whether the file can be written. */
      isWritten: z.boolean(),
      /** Why the last append failed, or null. It is retried. */
      error: messageSchema.nullable(),
      waitingLines: z.number().int().nonnegative(),
    })
    .optional(),
  problems: z.array(problemSchema).readonly(),
  /** Present while no alerts are delivered to people. */
  quiet: quietSchema.optional(),
  exchanges: exchangesStateSchema.optional(),
  budget: budgetStatusSchema.optional(),
  /** Progress of the backfill in requests; absent while there is none. */
  backfill: z.object({ done: z.number().int().nonnegative(), total: z.number().int().positive() }).optional(),
});
export type Status = Readonly<z.infer<typeof statusSchema>>;

/** More ticks than accumulate between two writes during normal operation, which is a few seconds of trades. */
const BACKLOG_TICKS = 10_000;

/** Whether the queue contains only ticks that wait for the next write, which is not worth reporting. */
export function queueIsUsual({ database, queue }: Pick<Status, 'database' | 'queue'>): boolean {
  return database.status === 'ready' && queue.deadLetters === 0 && queue.waitingTicks < BACKLOG_TICKS;
}
