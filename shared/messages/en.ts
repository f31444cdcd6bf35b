import { alertTexts } from './en/alerts.ts';
import { generalTexts } from './en/general.ts';

/**
 * Every message that the program shows, in English: a function of the message's parameters by its code. The types of messages
 * are inferred from this table, so a new message is one entry here; a code is never given another meaning, because messages
 * are stored. Another language is a second object of the type `Catalogue`.
 */
export const en = {
  ...generalTexts,
  ...alertTexts,
} as const;
