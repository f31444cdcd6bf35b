import { en } from './en.ts';
import { type Message, type MessageCode, message } from './message.ts';

/** The code of a text about an option of a channel. These texts have no parameters. */
type OptionCode = Extract<MessageCode, `option.${string}`>;

/**
 * For the schema of options, which has strings and no messages: the code of what is said beside a field (`describe`), or of what
 * is wrong when a check of zod's own fails (`regex`).
 */
export const optionText = (code: OptionCode): string => code;

/** The message of a string in a schema; null for one that is no code. */
export function optionMessage(words: string): Message | null {
  return words.startsWith('option.') && Object.hasOwn(en, words) ? message(words as OptionCode) : null;
}
