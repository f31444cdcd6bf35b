import type { z } from 'zod';
import { type Message, message, verbatim } from './message.ts';
import { optionMessage } from './option-text.ts';

/** The options of a zod refinement whose failure `faultOfIssue` reports with this message. */
export const says = (fault: Message): { readonly params: { readonly fault: Message } } => ({
  params: { fault },
});

/** Whether the issue is about a list of coins: the watched ones or the scope of a rule. A list without a path is the setting `coins`. */
const isOfCoins = ({ path }: z.core.$ZodIssue): boolean =>
  path.length === 0 || path.at(-1) === 'coins' || path.at(-1) === 'scope';

/**
 * The message for an issue that a schema found: the predicate of a sentence whose subject is the value. Most schemas need no texts of
 * their own, because zod reports what it expected. A refinement provides its message with `says(…)`, and a check of a channel's
 * option provides a code (`optionText`).
 */
export function faultOfIssue(issue: z.core.$ZodIssue): Message {
  const ofOption = optionMessage(issue.message);
  if (ofOption !== null) return ofOption;
  switch (issue.code) {
    case 'invalid_type':
      if (issue.message.endsWith('received undefined')) return message('value.missing');
      if (issue.expected === 'number') return message('value.not-a-number');
      if (issue.expected === 'int') return message('value.not-whole');
      if (issue.expected === 'boolean') return message('value.not-a-switch');
      // A schema may have a text of its own.
      if (!issue.message.startsWith('Invalid input')) break;
      if (issue.expected === 'string') return message('value.not-a-text');
      if (issue.expected === 'array') return message('value.not-a-list');
      if (issue.expected === 'object' || issue.expected === 'record') return message('value.not-an-object');
      break;
    case 'too_small':
      if (issue.origin === 'string') return message('value.empty');
      if (issue.origin === 'array' && isOfCoins(issue)) return message('value.too-few');
      if (issue.origin === 'array') return message('value.too-few-items', { least: Number(issue.minimum) });
      if (issue.origin === 'number' && issue.inclusive === false)
        return message('value.not-above', { bound: Number(issue.minimum) });
      if (issue.origin === 'number') return message('value.too-small', { least: Number(issue.minimum) });
      break;
    case 'too_big':
      if (issue.origin === 'array') {
        const most = Number(issue.maximum);
        return isOfCoins(issue)
          ? message('value.too-many', { most })
          : message('value.too-many-items', { most });
      }
      if (issue.origin === 'number') return message('value.too-large', { most: Number(issue.maximum) });
      break;
    case 'invalid_value': {
      const choices = issue.values.map(String);
      const isItem = typeof issue.path.at(-1) === 'number';
      return message(isItem ? 'value.item-not-a-choice' : 'value.not-a-choice', { choices });
    }
    case 'invalid_format':
      if (issue.format === 'url') return message('value.not-an-http-url');
      if (issue.format === 'datetime') return message('value.not-an-instant');
      break;
    case 'unrecognized_keys':
      return message('value.unknown-names', { names: issue.keys });
    case 'invalid_union': {
      // Report the alternative that matched best: a list with a wrong item is meant to be a list.
      const within = issue.errors.flat().find(({ path }) => path.length > 0);
      if (within !== undefined) return faultOfIssue(within);
      return message(issue.path.at(-1) === 'scope' ? 'value.not-a-scope' : 'value.wrong');
    }
    case 'custom':
      if (issue.params?.fault !== undefined) return issue.params.fault as Message;
      break;
  }
  return verbatim(issue.message);
}
