import { z } from 'zod';
import { tickSchema } from '../../../shared/domain/tick.ts';

/** The state of one coin's quote, as plain JSON. */
export const quoteStateSchema = z.strictObject({
  /** The tick that is shown, and the newest one of the source that polls all coins. */
  tick: tickSchema.nullable(),
  reference: tickSchema.nullable(),
  /** The last prices in memory, oldest first, as [observedAt, price]. */
  recent: z.array(z.tuple([z.number(), z.number()]).readonly()).readonly(),
});
export type QuoteState = Readonly<z.infer<typeof quoteStateSchema>>;
