import type { z } from 'zod';
import { faultOfIssue } from '../../../shared/messages/fault-of-issue.ts';
import { type Message, message } from '../../../shared/messages/message.ts';

/** The maximum length that is quoted, enough to find the place; the file may contain anything. */
const MAX_ISSUES = 5;
const MAX_CHARACTERS = 60;

/** The issues that a schema found in `value`. An item of a list is named by its content, not by its position. */
export function describeIssues({ issues }: z.ZodError, value: unknown): Message {
  const of = issues.slice(0, MAX_ISSUES).map((issue) => {
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
 * The name of a list item: the id of a rule or a channel, or any other text itself. The position is used if the text could reveal
 * a secret: a channel without an id contains whatever its user wrote, and a URL may be a webhook's.
 */
function nameOf(item: unknown, index: number): string {
  const place = `number ${index + 1}`;
  if (typeof item !== 'object' || item === null) return withoutUrl(String(item), place);
  return 'id' in item ? withoutUrl(String(item.id), place) : place;
}

const withoutUrl = (text: string, otherwise: string): string => (text.includes('://') ? otherwise : text);

/** A user's text as quoted in a message. */
export function shorten(text: string): string {
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
}
