import { type Message, text, verbatim } from './message.ts';

/** An error whose message can be shown in any language. `message`, for logs, is the English text. */
export class MessageError extends Error {
  readonly content: Message;

  constructor(content: Message, options?: ErrorOptions) {
    super(text(content), options);
    this.name = 'MessageError';
    this.content = content;
  }
}

/** The message of a caught error. The text of an error from outside of the program is passed on verbatim. */
export function messageOf(cause: unknown): Message {
  if (cause instanceof MessageError) return cause.content;
  return verbatim(cause instanceof Error ? cause.message : String(cause));
}

/** The text of a caught error, to be shown to the user. */
export const textOfError = (cause: unknown): string => text(messageOf(cause));
