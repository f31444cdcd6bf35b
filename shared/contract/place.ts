import { z } from 'zod';
import { alertSchema } from '../domain/alert.ts';

/** A place on the page: one of its parts, the chart of a coin, or the chart around an alert. */
export const placeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('part'), part: z.enum(['prices', 'chart', 'alerts', 'rules', 'settings']) }),
  z.object({ kind: z.literal('coin'), coinId: z.string().min(1) }),
  z.object({ kind: z.literal('alert'), alert: alertSchema }),
]);
export type Place = Readonly<z.infer<typeof placeSchema>>;
export type PagePart = Extract<Place, { kind: 'part' }>['part'];
