import { type Message, message } from '../messages/message.ts';

/** Anything but printable ASCII: clients and servers treat other characters in HTTP headers differently. */
const UNSENDABLE = /[^\x20-\x7e]/u;

/**
 * Why a key cannot be sent to the provider, as the predicate of a sentence about it; null when it can be. The message
 * contains no part of the key.
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
