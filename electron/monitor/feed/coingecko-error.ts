import {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
} from '@coingecko/coingecko-typescript/error';
import { z } from 'zod';
import { describeCertificateError } from './certificate-error.ts';
import { chromiumFailure } from './chromium-error.ts';
import type { CoinGeckoAccess } from './coingecko-client.ts';
import { FeedError } from './price-source.ts';
import { retryAfterMs } from './retry-after.ts';
import { rootCause } from './root-cause.ts';

/** The three shapes in which CoinGecko words an error. */
const statusSchema = z.object({ error_code: z.number().optional(), error_message: z.string() });
const wordedErrorSchema = z.union([
  z.object({ status: statusSchema }).transform(({ status }) => status),
  z.object({ error: z.object({ status: statusSchema }) }).transform(({ error }) => error.status),
  z.object({ error: z.string() }).transform(({ error }) => ({ error_code: undefined, error_message: error })),
]);

/**
 * Codes of CoinGecko's own that mean "not with this key", whatever the HTTP status: no key, endpoint not in the plan,
 * Pro key at the Demo host, Demo key at the Pro host. Source: docs.coingecko.com, "Errors & Rate Limits".
 */
const KEY_ERROR_CODES: ReadonlySet<number> = new Set([10_002, 10_005, 10_010, 10_011]);

const LONGEST_QUOTE = 200;

/**
 * Translates what the client throws into a `FeedError` for people, never naming the key.
 *
 * @param now for a `Retry-After` that is a date
 */
export function toFeedError(
  error: unknown,
  access: Pick<CoinGeckoAccess, 'baseUrl' | 'apiKey' | 'timeoutMs'>,
  now: number,
): FeedError {
  if (error instanceof FeedError) return error;
  const host = URL.parse(access.baseUrl)?.host ?? access.baseUrl;
  if (error instanceof APIConnectionTimeoutError) {
    return new FeedError('unreachable', `${host} did not answer in time`, { cause: error });
  }
  if (error instanceof APIConnectionError) {
    if (error.cause instanceof FeedError) return error.cause;
    const cause = rootCause(error);
    if (chromiumFailure(cause)?.kind === 'bad-answer') {
      const message = `the answer of ${host} cannot be used: ${rootMessage(error)}`;
      return new FeedError('bad-answer', message, { cause: error });
    }
    const untrusted = describeCertificateError(cause, host);
    const message = untrusted ?? `cannot reach ${host}: ${rootMessage(error)}`;
    return new FeedError('unreachable', message, { cause: error });
  }
  if (error instanceof APIError && typeof error.status === 'number') {
    return ofStatus(error.status, error, access, now);
  }
  if (error instanceof SyntaxError) {
    return new FeedError('bad-answer', "CoinGecko's answer is not JSON, or is cut short", { cause: error });
  }
  if (error instanceof z.ZodError) {
    return new FeedError('bad-answer', "CoinGecko's answer has an unexpected form", { cause: error });
  }
  return new FeedError('unreachable', `the request to ${host} failed: ${rootMessage(error)}`, {
    cause: error,
  });
}

function ofStatus(
  status: number,
  error: APIError,
  access: Pick<CoinGeckoAccess, 'baseUrl' | 'apiKey'>,
  now: number,
): FeedError {
  const worded = wordedErrorSchema.safeParse(error.error).data;
  const options = {
    // A server that repeats our key in its answer must not bring it into a log.
    cause: access.apiKey !== null && error.message.includes(access.apiKey) ? undefined : error,
    retryAfterMs: error.headers === undefined ? null : retryAfterMs(error.headers, now),
  };
  const quote = worded === undefined ? '' : quoted(worded.error_message, access.apiKey);
  if (status === 429) {
    return new FeedError('rate-limited', `CoinGecko limits our requests (429)${quote}`, options);
  }
  if (status === 401 || KEY_ERROR_CODES.has(worded?.error_code ?? 0)) {
    const advice = access.apiKey === null ? 'it wants an API key' : 'check the API key and the base URL';
    return new FeedError('refused', `CoinGecko refuses our requests (${status}): ${advice}${quote}`, options);
  }
  if (status === 403) {
    return new FeedError('refused', `CoinGecko refuses our requests (403)${quote}`, options);
  }
  if (status >= 300 && status < 400) {
    const target = URL.parse(error.headers?.get('location') ?? '', access.baseUrl);
    const where = target === null ? '' : ` to ${target.origin}`;
    return new FeedError(
      'bad-answer',
      `CoinGecko answered ${status}, a redirect${where}, which is not followed: check the base URL and the network`,
      options,
    );
  }
  if (status === 404) {
    return new FeedError('bad-answer', `CoinGecko answered 404: check the base URL${quote}`, options);
  }
  return new FeedError('bad-answer', `CoinGecko answered ${status}${quote}`, options);
}

/** The provider's own words, if they are short enough to be a sentence. */
function quoted(words: string, apiKey: string | null): string {
  const sentence = (apiKey === null ? words : words.replaceAll(apiKey, '***'))
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return sentence === '' || sentence.length > LONGEST_QUOTE ? '' : ` – "${sentence}"`;
}

function rootMessage(error: unknown): string {
  const cause = rootCause(error);
  if (!(cause instanceof Error)) return String(cause);
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  return cause.message === '' ? code || cause.name : cause.message;
}
