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

/** What a caught error says: its message, or its own words verbatim when it comes from outside. */
export function messageOf(cause: unknown): Message {
  if (cause instanceof MessageError) return cause.content;
  return verbatim(cause instanceof Error ? cause.message : String(cause));
}

/** What to show of a caught error. */
export const textOfError = (cause: unknown): string => text(messageOf(cause));
