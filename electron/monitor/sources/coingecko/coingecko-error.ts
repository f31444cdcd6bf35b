import {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
} from '@coingecko/coingecko-typescript/error';
import { z } from 'zod';
import { describeCertificateError } from '../../network/certificate-error.ts';
import { chromiumFailure } from '../../network/chromium-error.ts';
import { retryAfterMs } from '../../network/retry-after.ts';
import { rootCause } from '../../network/root-cause.ts';
import { FeedError } from '../price-source.ts';
import type { CoinGeckoAccess } from './coingecko-client.ts';
import { KEY_ERROR_CODES, quoted, readErrorBody } from './error-body.ts';

/**
 * Converts an error of the client into a `FeedError` with a message for people that never contains the key.
 *
 * @param now the current time, for a `Retry-After` that is a date
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
    const chromium = chromiumFailure(cause);
    if (chromium?.kind === 'bad-answer') {
      const message = `the answer of ${host} cannot be used: ${chromium.message}`;
      return new FeedError('bad-answer', message, { cause: error });
    }
    const untrusted = describeCertificateError(cause, host);
    const message = untrusted ?? `cannot reach ${host}: ${rootMessage(error)}`;
    return new FeedError('unreachable', message, { cause: error });
  }
  if (error instanceof APIError && typeof error.status === 'number') {
    return fromStatus(error.status, error, access, now);
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

function fromStatus(
  status: number,
  error: APIError,
  access: Pick<CoinGeckoAccess, 'baseUrl' | 'apiKey'>,
  now: number,
): FeedError {
  const body = readErrorBody(error.error);
  const code = body?.code ?? null;
  const options = {
    // Drop the cause if the server echoed the key, so that it is not logged.
    cause: access.apiKey !== null && error.message.includes(access.apiKey) ? undefined : error,
    retryAfterMs: error.headers === undefined ? null : retryAfterMs(error.headers, now),
  };
  const quote = body === null ? '' : quoted(body.message, access.apiKey);
  if (status === 429) {
    return new FeedError('rate-limited', `CoinGecko limits our requests (429)${quote}`, options);
  }
  const isAboutKey = code !== null && KEY_ERROR_CODES.has(code);
  if (status === 401 || isAboutKey) {
    const advice = access.apiKey === null ? 'it wants an API key' : 'check the API key and the base URL';
    const reportedCode = isAboutKey ? code : status;
    return new FeedError(
      'refused',
      `CoinGecko refuses our requests (${reportedCode}): ${advice}${quote}`,
      options,
    );
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

function rootMessage(error: unknown): string {
  const cause = rootCause(error);
  if (!(cause instanceof Error)) return String(cause);
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  return cause.message === '' ? code || cause.name : cause.message;
}
