import { type ParseError, printParseErrorCode } from 'jsonc-parser';

const WORDS: Readonly<Record<string, string>> = {
  CommaExpected: 'a comma is missing',
  ColonExpected: 'a colon is missing',
  ValueExpected: 'a value is missing',
  PropertyNameExpected: 'a name in double quotes is missing',
  CloseBraceExpected: 'the closing } is missing',
  CloseBracketExpected: 'the closing ] is missing',
  EndOfFileExpected: 'there is more after the closing }',
  UnexpectedEndOfString: 'the string has no closing quote',
  UnexpectedEndOfComment: 'the comment has no end',
};

/** Where a text stops being JSON, and why, in words that do not quote it: it may hold a password. */
export function describeSyntaxError(text: string, error: ParseError): string {
  const before = text.slice(0, error.offset).split(/\r\n|\r|\n/);
  const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
  return `${WORDS[printParseErrorCode(error.error)] ?? 'this is not JSON'} (${place})`;
}
