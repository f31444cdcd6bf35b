/** Printable ASCII: an HTTP header carries nothing else in a way that every client and server agrees on. */
const UNSENDABLE = /[^\x20-\x7e]/u;

/**
 * Why a key cannot be sent to the provider, as the end of a sentence that begins with the key: "has a line break as its
 * 9th character". Null for a key that can be. It quotes nothing of the key.
 */
export function faultOfApiKey(key: string): string | null {
  const found = UNSENDABLE.exec(key);
  if (found === null) return null;
  return `has ${nameOf(found[0])} at position ${found.index + 1}, which no request can carry`;
}

function nameOf(character: string): string {
  if (character === '\n' || character === '\r') return 'a line break';
  if (/\p{Cc}/u.test(character)) return 'a control character';
  return 'a character that is not ASCII';
}
