import { z } from 'zod';

const statusSchema = z.object({
  error_code: z.coerce.number().optional().catch(undefined),
  error_message: z.string(),
});
/** The three shapes in which CoinGecko words an error. A coin may be called `status`; its entry holds no message. */
const wordedErrorSchema = z.union([
  z.object({ status: statusSchema }).transform(({ status }) => status),
  z.object({ error: z.object({ status: statusSchema }) }).transform(({ error }) => error.status),
  z.object({ error: z.string() }).transform(({ error }) => ({ error_code: undefined, error_message: error })),
]);

/**
 * Codes of CoinGecko's own that mean "not with this key", whatever the HTTP status: no key, endpoint not in the plan,
 * Pro key at the Demo host, Demo key at the Pro host. Source: docs.coingecko.com, "Errors & Rate Limits".
 */
export const KEY_ERROR_CODES: ReadonlySet<number> = new Set([10_002, 10_005, 10_010, 10_011]);

const LONGEST_QUOTE = 200;

/** An error in the provider's own words; its code is an HTTP status or one of its own, null where it names none. */
export type WordedError = { readonly code: number | null; readonly message: string };

/** The error that an answer words, whatever its status; null when it words none. */
export function wordedError(answer: unknown): WordedError | null {
  const worded = wordedErrorSchema.safeParse(answer).data;
  return worded === undefined ? null : { code: worded.error_code ?? null, message: worded.error_message };
}

/** The provider's own words behind a dash, if they are short enough to be a sentence; never with the key in them. */
export function quoted(words: string, apiKey: string | null): string {
  const sentence = (apiKey === null ? words : words.replaceAll(apiKey, '***'))
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return sentence === '' || sentence.length > LONGEST_QUOTE ? '' : ` – "${sentence}"`;
}
