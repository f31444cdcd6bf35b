import { expect, it } from 'vitest';
import { asSentence } from './as-sentence.ts';

it.each([
  ['connect ECONNREFUSED', 'connect ECONNREFUSED.'],
  ['Choose another place.', 'Choose another place.'],
  [' Which one? ', 'Which one?'],
  ['', ''],
])('%j is the sentence %j', (message, sentence) => {
  expect(asSentence(message)).toBe(sentence);
});
