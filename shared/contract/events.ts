import { z } from 'zod';
import { alertSchema } from '../domain/alert.ts';
import { quoteUpdateSchema } from '../domain/quote.ts';
import { statusSchema } from '../domain/status.ts';
import { placeSchema } from './place.ts';

/** What the monitor tells without being asked. */
export const events = {
  /** Coins whose quote changed. */
  prices: z.array(quoteUpdateSchema).readonly(),
  alert: alertSchema,
  status: statusSchema,
  /** Candles of the past were added to a coin. */
  history: z.object({ coinId: z.string(), vsCurrency: z.string() }),
  /** Ask for everything anew: coins, currency or rule changed, or something was told while the page was hidden. */
  reset: z.object({}),
  /** Show this place. Told by a host to its own page, when the user chose it outside of the page. */
  show: placeSchema,
} as const satisfies Record<string, z.ZodType>;

export type EventName = keyof typeof events;
export type EventPayload<E extends EventName> = z.output<(typeof events)[E]>;

export type EventMessage = {
  [E in EventName]: { readonly event: E; readonly payload: EventPayload<E> };
}[EventName];
