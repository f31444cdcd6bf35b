import { type Message, message } from '../messages/message.ts';

/** Printable ASCII: an HTTP header carries nothing else in a way that every client and server agrees on. */
const UNSENDABLE = /[^\x20-\x7e]/u;

/**
 * Why a key cannot be sent to the provider, as the predicate of a sentence about it; null for a key that can. It quotes
 * nothing of the key.
 */
export function faultOfApiKey(key: string): Message | null {
  const found = UNSENDABLE.exec(key);
  if (found === null) return null;
  return message('api-key.unsendable', { character: kindOf(found[0]), position: found.index + 1 });
}

function kindOf(character: string): 'line-break' | 'control' | 'not-ascii' {
  if (character === '\n' || character === '\r') return 'line-break';
  return /\p{Cc}/u.test(character) ? 'control' : 'not-ascii';
}
