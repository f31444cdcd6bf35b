import { en } from './en.ts';
import { type Message, type MessageCode, message } from './message.ts';

/** The code of a text about an option of a channel. These texts have no parameters. */
type OptionCode = Extract<MessageCode, `option.${string}`>;

/**
 * A message code for the schemas of options, which contain strings instead of messages: the hint of a field (`describe`), or the
 * error of one of zod's own checks (`regex`).
 */
export const optionText = (code: OptionCode): string => code;

/** The message for a string in a schema; null if the string is not a code. */
export function optionMessage(words: string): Message | null {
  return words.startsWith('option.') && Object.hasOwn(en, words) ? message(words as OptionCode) : null;
}
