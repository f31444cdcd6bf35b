export type DecodedText = {
  readonly text: string;
  /** Some bytes are invalid in the encoding; each is replaced by U+FFFD in the text. */
  readonly isLossy: boolean;
};

/**
 * Decodes a file that a user may have saved with any editor: UTF-8, or UTF-16 as older Windows editors and PowerShell write it,
 * with or without a byte order mark. JSON begins with ASCII, so the position of the first zero byte identifies UTF-16 without a
 * mark.
 */
export function decodeText(bytes: Uint8Array): DecodedText {
  const encoding = encodingOf(bytes);
  try {
    return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes), isLossy: false };
  } catch {
    return { text: new TextDecoder(encoding).decode(bytes), isLossy: true };
  }
}

function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return 'utf-16be';
  return 'utf-8';
}
