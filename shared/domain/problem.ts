import { z } from 'zod';
import { messageSchema } from '../messages/message.ts';

/** A problem that the user should know and can act on. `id` stays the same while the problem lasts. */
export const problemSchema = z.object({
  id: z.string(),
  message: messageSchema,
  /** True for a problem that occurred once and is reported at every start until `notices.dismiss` dismisses it. */
  isKept: z.boolean().optional(),
});
export type Problem = Readonly<z.infer<typeof problemSchema>>;
