import type { Nested } from './nested.ts';

/** Texts that do not belong to a particular part of the program. */
export const generalTexts = {
  /** A text from outside of the program, in any language: PostgreSQL's, the operating system's, a provider's. */
  verbatim: (p: { text: string }) => p.text,
  /** Several sentences, one after the other. */
  sentences: (p: { of: readonly Nested[] }) => p.of.join(' '),
};
