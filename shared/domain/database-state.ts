import { z } from 'zod';
import { messageSchema } from '../messages/message.ts';
import { instant } from './instant.ts';

/**
 * How the database is doing. While it is not `ready`, prices and alerts wait in the local queue and nothing is lost.
 * `refused`: the program will not use this database (for example, it is newer than the program).
 */
export const databaseStateSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('starting') }),
  z.object({ status: z.literal('ready'), kind: z.enum(['embedded', 'external']) }),
  z.object({ status: z.literal('down'), since: instant, retryAt: instant, error: messageSchema }),
  z.object({ status: z.literal('refused'), error: messageSchema }),
]);
export type DatabaseState = Readonly<z.infer<typeof databaseStateSchema>>;
