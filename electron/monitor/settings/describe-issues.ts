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
    return item === undefined ? fault : message('setting.item-fault', { item: shorten(String(item)), fault });
  });
  return message('setting.faults', { of, more: issues.length - of.length });
}

/** A text of the user's as it is repeated in a message. */
export function shorten(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}
