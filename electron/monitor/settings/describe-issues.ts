import type { z } from 'zod';
import { faultOfIssue } from '../../../shared/messages/fault-of-issue.ts';
import { type Message, message } from '../../../shared/messages/message.ts';

/** So much of it that a person finds the place; the file may be anything. */
const MOST_ISSUES = 5;
const MOST_CHARACTERS = 60;

/** What a schema found wrong with `value`. An item of a list is named by what it holds, not by its place. */
export function describeIssues({ issues }: z.ZodError, value: unknown): Message {
  const of = issues.slice(0, MOST_ISSUES).map((issue) => {
    const fault = faultOfIssue(issue);
    const index = issue.path[0];
    const item = Array.isArray(value) && typeof index === 'number' ? value[index] : undefined;
    if (item === undefined) return fault;
    const field = issue.path.slice(1).map(String).join('.');
    return field === ''
      ? message('setting.item-fault', { item: shorten(nameOf(item, Number(index))), fault })
      : message('setting.item-field-fault', { item: shorten(nameOf(item, Number(index))), field, fault });
  });
  return message('setting.faults', { of, more: issues.length - of.length });
}

/**
 * What an item of a list is called: a rule or a channel by its id, any other text by itself. Its place is named where that could
 * repeat a secret: a channel without an id holds whatever its user wrote, and a URL may be a webhook's.
 */
function nameOf(item: unknown, index: number): string {
  const place = `number ${index + 1}`;
  if (typeof item !== 'object' || item === null) return withoutUrl(String(item), place);
  return 'id' in item ? withoutUrl(String(item.id), place) : place;
}

const withoutUrl = (text: string, otherwise: string): string => (text.includes('://') ? otherwise : text);

/** A text of the user's as it is repeated in a message. */
export function shorten(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}
