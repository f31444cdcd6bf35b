import { type Message, messageSchema, text } from '../shared/messages/message.ts';

/** The text of a message, empty where there is none. */
export const textOf = (content: Message | null | undefined): string => (content ? text(content) : '');

/** A value with the texts of its messages in their places, to be compared with what a person is to read. */
export function inWords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inWords);
  if (typeof value !== 'object' || value === null) return value;
  const content = messageSchema.safeParse(value);
  if (content.success) return text(content.data);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, inWords(each)]));
}
