import { z } from 'zod';
import { instant, positive } from './instant.ts';
import { quoteSchema } from './quote.ts';
import { statusSchema } from './status.ts';

/** Everything that a page needs to render; events keep it current. */
export const snapshotSchema = z.object({
  version: z.string(),
  /** The monitor's time at the snapshot, and the speed of its clock (1 except in a sped-up demo). */
  now: instant,
  clockSpeed: positive,
  /** True when prices come from a simulated market. */
  simulated: z.boolean(),
  vsCurrency: z.string(),
  /** Seconds between price requests. */
  pollSeconds: positive,
  alertRule: z.object({ thresholdPct: positive, windowMinutes: positive }),
  /** True if pages cannot change anything, because they show an installation of several processes; absent otherwise. */
  isReadOnly: z.boolean().optional(),
  quotes: z.array(quoteSchema).readonly(),
  status: statusSchema,
});
export type Snapshot = Readonly<z.infer<typeof snapshotSchema>>;
