import { z } from 'zod';
import { instant, positive } from './instant.ts';

/** A rule fired. `id` is the same for the same crossing however often it is computed. */
export const alertSchema = z.object({
  id: z.string().min(1),
  rule: z.string().min(1),
  coinId: z.string().min(1),
  vsCurrency: z.string().min(1),
  source: z.string().min(1),
  /** Time of the tick that crossed. */
  observedAt: instant,
  price: positive,
  /** What happened, without time and coin: `price changed by more than 2% from the 5-min average`. */
  message: z.string().min(1),
  /** The numbers behind the message, by name, e.g. `average`, `changePct`. */
  figures: z.record(z.string(), z.number()),
});
export type Alert = Readonly<z.infer<typeof alertSchema>>;
