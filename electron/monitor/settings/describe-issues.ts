import type { z } from 'zod';

/** So much of it that a person finds the place; the file may be anything. */
const MOST_ISSUES = 5;
const MOST_CHARACTERS = 60;

/**
 * What a schema found wrong with `value`, in a line. An item of a list is named by what it holds, not by its place.
 */
export function describeIssues({ issues }: z.ZodError, value: unknown): string {
  const told = issues.slice(0, MOST_ISSUES).map(({ path, message }) => {
    const index = path[0];
    const item = Array.isArray(value) && typeof index === 'number' ? value[index] : undefined;
    return item === undefined ? message : `"${shorten(String(item))}" ${message}`;
  });
  const more = issues.length - told.length;
  return [...told, ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}

/** A text of the user's as it is repeated in a message. */
export function shorten(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}
