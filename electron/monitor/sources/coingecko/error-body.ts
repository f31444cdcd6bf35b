import { z } from 'zod';

const statusSchema = z.object({
  error_code: z.coerce.number().optional().catch(undefined),
  error_message: z.string(),
});
/** The three formats of CoinGecko's error bodies. A coin may have the id `status`, but its entry has no message. */
const errorBodySchema = z.union([
  z.object({ status: statusSchema }).transform(({ status }) => status),
  z.object({ error: z.object({ status: statusSchema }) }).transform(({ error }) => error.status),
  z.object({ error: z.string() }).transform(({ error }) => ({ error_code: undefined, error_message: error })),
]);

/**
 * CoinGecko's error codes for a rejected key, whatever the HTTP status: no key, endpoint not in the plan, Pro key at
 * the Demo host, Demo key at the Pro host. Source: docs.coingecko.com, "Errors & Rate Limits".
 */
export const KEY_ERROR_CODES: ReadonlySet<number> = new Set([10_002, 10_005, 10_010, 10_011]);

const LONGEST_QUOTE = 200;

/**
 * An error reported in a response body. Its code is an HTTP status or one of CoinGecko's own; null when there is
 * none.
 */
export type ErrorBody = { readonly code: number | null; readonly message: string };

/** Reads the error of a response body, whatever the HTTP status; null when the body is not an error. */
export function readErrorBody(body: unknown): ErrorBody | null {
  const parsed = errorBodySchema.safeParse(body).data;
  return parsed === undefined ? null : { code: parsed.error_code ?? null, message: parsed.error_message };
}

/** The provider's message as it may be quoted: on one line and without the key; null when it is too long to be a sentence. */
export function quotable(text: string, apiKey: string | null): string | null {
  const sentence = (apiKey === null ? text : text.replaceAll(apiKey, '***'))
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return sentence === '' || sentence.length > LONGEST_QUOTE ? null : sentence;
}
