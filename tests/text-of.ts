import { type Message, messageSchema, text } from '../shared/messages/message.ts';

/** The text of a message; empty without one. */
export const textOf = (content: Message | null | undefined): string => (content ? text(content) : '');

/** A copy of a value in which texts replace messages, to compare it with what a user reads. */
export function inWords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inWords);
  if (typeof value !== 'object' || value === null) return value;
  const content = messageSchema.safeParse(value);
  if (content.success) return text(content.data);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, inWords(each)]));
}
