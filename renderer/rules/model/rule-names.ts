import { type Message, text } from '../../../shared/messages/message.ts';

/** The text of a code that is derived from a name in a rule; null if there is none. */
export function textOfName(code: string, params: object = {}): string | null {
  // The names come from the monitor, which may have kinds and fields that this page does not know.
  const words = text({ code, params } as unknown as Message);
  return words === code ? null : words;
}

/** `withinMinutes` → `Within minutes`. */
export function spelled(name: string): string {
  const words = name.replace(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`).replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export const kindName = (kind: string): string => textOfName(`rule-kind.${kind}`) ?? spelled(kind);
export const kindHelp = (kind: string): string | null => textOfName(`rule-kind-help.${kind}`);
export const fieldLabel = (name: string): string => textOfName(`rule-field.${name}`) ?? spelled(name);
export const fieldHelp = (name: string): string | null => textOfName(`rule-field-help.${name}`);
export const choiceLabel = (value: string): string => textOfName(`rule-choice.${value}`) ?? spelled(value);
