import type { z } from 'zod';
import { type Message, message, verbatim } from './message.ts';

/** For the `params` of a refinement: what `faultOfIssue` says when it fails. */
export const says = (fault: Message): { readonly params: { readonly fault: Message } } => ({
  params: { fault },
});

/**
 * What a schema found wrong with a value, as the predicate of a sentence about it. Zod says what it expected, so a schema
 * needs no texts of its own; a refinement, which only its author can name, brings its message in `says(…)`.
 */
export function faultOfIssue(issue: z.core.$ZodIssue): Message {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.expected === 'number') return message('value.not-a-number');
      if (issue.expected === 'int') return message('value.not-whole');
      if (issue.expected === 'boolean') return message('value.not-a-switch');
      break;
    case 'too_small':
      if (issue.origin === 'string') return message('value.empty');
      if (issue.origin === 'array') return message('value.too-few');
      if (issue.origin === 'number' && issue.inclusive === false)
        return message('value.not-above', { bound: Number(issue.minimum) });
      if (issue.origin === 'number') return message('value.too-small', { least: Number(issue.minimum) });
      break;
    case 'too_big':
      if (issue.origin === 'array') return message('value.too-many', { most: Number(issue.maximum) });
      if (issue.origin === 'number') return message('value.too-large', { most: Number(issue.maximum) });
      break;
    case 'invalid_value': {
      const choices = issue.values.map(String);
      const isItem = typeof issue.path.at(-1) === 'number';
      return message(isItem ? 'value.item-not-a-choice' : 'value.not-a-choice', { choices });
    }
    case 'invalid_format':
      if (issue.format === 'url') return message('value.not-an-http-url');
      break;
    case 'custom':
      if (issue.params?.fault !== undefined) return issue.params.fault as Message;
      break;
  }
  return verbatim(issue.message);
}
