import { z } from 'zod';
import { directionSchema, severitySchema } from '../../shared/domain/alert.ts';
import type { AlertFilter } from '../../shared/domain/alert-query.ts';

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

/** What the list of alerts is filtered by, as it stands in the address: days are local ones, both included. */
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

/** The part of an address after `#`; nothing without a filter. */
export function linkOfFilter(choice: FilterChoice): string {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(choice)) if (value !== undefined) words.set(name, value);
  return words.size === 0 ? '' : `${PREFIX}${words}`;
}

/** The filter that an address names; none where it names no alerts. Invalid parts are left out. */
export function filterOfLink(hash: string): FilterChoice {
  if (!hash.startsWith(PREFIX)) return {};
  const parsed = choiceSchema.parse(Object.fromEntries(new URLSearchParams(hash.slice(PREFIX.length))));
  return Object.fromEntries(Object.entries(parsed).filter(([, value]) => value !== undefined));
}

/** The filter of a query for the choice. */
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

/** When a local day begins, or the day the given number of days later; null for a date that does not exist. */
function startOfDay(date: string | undefined, later: number): number | null {
  const [year, month, dayOfMonth] = (date ?? '').split('-').map(Number);
  if (year === undefined || month === undefined || dayOfMonth === undefined) return null;
  const at = new Date(year, month - 1, dayOfMonth + later).getTime();
  return Number.isNaN(at) ? null : at;
}
