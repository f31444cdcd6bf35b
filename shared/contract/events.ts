import { z } from 'zod';
import { alertSchema } from '../domain/alert.ts';
import { quoteUpdateSchema } from '../domain/quote.ts';
import { statusSchema } from '../domain/status.ts';
import { placeSchema } from './place.ts';

/** The events that the monitor publishes to pages. */
export const events = {
  /** Coins whose quote changed. */
  prices: z.array(quoteUpdateSchema).readonly(),
  /** A new alert, which is unread. */
  alert: alertSchema,
  /** An alert that was raised before is resolved: the alert with its resolution. */
  'alert-resolved': alertSchema,
  /** Alerts were marked as read: these, or all (null). */
  'alerts-read': z.object({ alertIds: z.array(z.string()).readonly().nullable() }),
  status: statusSchema,
  /** Historical candles of a coin were added. */
  history: z.object({ coinId: z.string(), vsCurrency: z.string() }),
  /** Fetch everything again: coins, currency or rules changed, or events were dropped while the page was hidden. */
  reset: z.object({}),
  /** Show this place. A host sends it to its own page when the user chose the place outside of the page. */
  show: placeSchema,
} as const satisfies Record<string, z.ZodType>;

export type EventName = keyof typeof events;
export type EventPayload<E extends EventName> = z.output<(typeof events)[E]>;

export type EventMessage = {
  [E in EventName]: { readonly event: E; readonly payload: EventPayload<E> };
}[EventName];
