import { z } from 'zod';
import { messageSchema } from '../messages/message.ts';
import { instant } from './instant.ts';

/**
 * The state of the database. While it is not `ready`, prices and alerts wait in the log, and nothing is lost.
 * `refused`: the program cannot use this database, for example because it is newer than the program.
 */
export const databaseStateSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('starting') }),
  z.object({ status: z.literal('ready'), kind: z.enum(['embedded', 'external']) }),
  z.object({ status: z.literal('down'), since: instant, retryAt: instant, error: messageSchema }),
  z.object({ status: z.literal('refused'), error: messageSchema }),
]);
export type DatabaseState = Readonly<z.infer<typeof databaseStateSchema>>;
