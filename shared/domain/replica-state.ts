import { z } from 'zod';
import { messageSchema } from '../messages/message.ts';

const seconds = z.number().int().nonnegative();

/**
 * The state of the read replica (`DATABASE_READ_URL`). Unless it is `used`, everything is read from the database itself.
 * `behind`: it lags by more than `mostSeconds`.
 */
export const replicaStateSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('connecting') }),
  z.object({ status: z.literal('used'), lagSeconds: seconds }),
  z.object({ status: z.literal('behind'), lagSeconds: seconds, mostSeconds: seconds }),
  z.object({ status: z.literal('unusable'), error: messageSchema }),
]);
export type ReplicaState = Readonly<z.infer<typeof replicaStateSchema>>;
