import type { z } from 'zod';

/**
 * What a schema found wrong with `value`, in a line. An item of a list is named by what it holds, not by its place.
 */
export function describeIssues(error: z.ZodError, value: unknown): string {
  return error.issues
    .map(({ path, message }) => {
      const index = path[0];
      const item = Array.isArray(value) && typeof index === 'number' ? value[index] : undefined;
      return item === undefined ? message : `"${String(item)}" ${message}`;
    })
    .join(', ');
}
