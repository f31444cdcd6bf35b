import type { Nested } from './nested.ts';

/** Texts that belong to no part of the program. */
export const generalTexts = {
  /** Words from outside, in whatever language they are: of PostgreSQL, the operating system, a provider. */
  verbatim: (p: { text: string }) => p.text,
  /** Several sentences, one after the other. */
  sentences: (p: { of: readonly Nested[] }) => p.of.join(' '),
};
