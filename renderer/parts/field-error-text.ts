import { type Message, text } from '../../shared/messages/message.ts';

/** The text of an error at a field. Errors are predicates (`must be a number`), so that other texts can add a subject. */
export function fieldErrorText(error: Message): string {
  const words = text(error);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
