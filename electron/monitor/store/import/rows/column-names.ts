import { message } from '../../../../../shared/messages/message.ts';
import { MessageError } from '../../../../../shared/messages/message-error.ts';

/** Normalizes a name: `Open Time`, `open_time` and `openTime` are equal. */
export function plainName(name: string): string {
  return name
    .trim()
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');
}

/** The index of the column with the first of these names that exists; -1 when none does. */
export function columnNamed(plain: readonly string[], names: readonly string[]): number {
  for (const name of names) {
    const at = plain.indexOf(name);
    if (at !== -1) return at;
  }
  return -1;
}

/** @throws MessageError when none of these columns exists */
export function requiredColumn(plain: readonly string[], names: readonly string[], what: string): number {
  const at = columnNamed(plain, names);
  if (at !== -1) return at;
  throw new MessageError(message('import.no-column', { what, names, found: plain.slice(0, 20) }));
}

/** Names of the time column, the most precise first. */
export const TIME_NAMES = [
  'observed_at',
  'bucket',
  'open_time',
  'unix',
  'timestamp',
  'time',
  'transact_time',
  'trade_time',
  'datetime',
  'date',
] as const;
