import { z } from 'zod';
import { directionSchema, severitySchema } from '../../shared/domain/alert.ts';
import type { AlertFilter } from '../../shared/domain/alert-query.ts';

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

/** The filter of the list of alerts, as it is in the address. Days are local, and both are included. */
const choiceSchema = z.object({
  coin: z.string().min(1).max(100).optional().catch(undefined),
  rule: z.string().min(1).max(100).optional().catch(undefined),
  severity: severitySchema.optional().catch(undefined),
  direction: directionSchema.optional().catch(undefined),
  /** Only alerts that are inhibited, or only others. */
  inhibited: z.enum(['yes', 'no']).optional().catch(undefined),
  from: day.optional().catch(undefined),
  to: day.optional().catch(undefined),
});
export type FilterChoice = Readonly<z.infer<typeof choiceSchema>>;
export type FilterName = keyof FilterChoice;

const PREFIX = '#alerts?';

/** The part of an address after `#`; empty without a filter. */
export function linkOfFilter(choice: FilterChoice): string {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(choice)) if (value !== undefined) words.set(name, value);
  return words.size === 0 ? '' : `${PREFIX}${words}`;
}

/** The filter in an address; empty if it is not an address of alerts. Invalid parts are ignored. */
export function filterOfLink(hash: string): FilterChoice {
  if (!hash.startsWith(PREFIX)) return {};
  const parsed = choiceSchema.parse(Object.fromEntries(new URLSearchParams(hash.slice(PREFIX.length))));
  return Object.fromEntries(Object.entries(parsed).filter(([, value]) => value !== undefined));
}

/** The choice as the filter of a request. */
export function filterOf(choice: FilterChoice): AlertFilter {
  const { coin, rule, severity, direction, inhibited, from, to } = choice;
  const [start, end] = [startOfDay(from, 0), startOfDay(to, 1)];
  return {
    ...(coin !== undefined && { coinId: coin }),
    ...(rule !== undefined && { rule }),
    ...(severity !== undefined && { severity }),
    ...(direction !== undefined && { direction }),
    ...(inhibited !== undefined && { isInhibited: inhibited === 'yes' }),
    ...(start !== null && { from: start }),
    ...(end !== null && { to: end }),
  };
}

/** The start of the local day that is the given number of days later; null for a date that does not exist. */
function startOfDay(date: string | undefined, later: number): number | null {
  const [year, month, dayOfMonth] = (date ?? '').split('-').map(Number);
  if (year === undefined || month === undefined || dayOfMonth === undefined) return null;
  const at = new Date(year, month - 1, dayOfMonth + later).getTime();
  return Number.isNaN(at) ? null : at;
}
