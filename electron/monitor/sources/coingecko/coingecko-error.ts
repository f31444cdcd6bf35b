import {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
} from '@coingecko/coingecko-typescript/error';
import { z } from 'zod';
import { type Message, message, verbatim } from '../../../../shared/messages/message.ts';
import { messageOf } from '../../../../shared/messages/message-error.ts';
import { certificateMessage } from '../../network/certificate-error.ts';
import { chromiumFailure } from '../../network/chromium-error.ts';
import { retryAfterMs } from '../../network/retry-after.ts';
import { rootCause } from '../../network/root-cause.ts';
import { FeedError } from '../price-source.ts';
import type { CoinGeckoAccess } from './coingecko-client.ts';
import { KEY_ERROR_CODES, quotable, readErrorBody } from './error-body.ts';

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
    return new FeedError('unreachable', message('request.timeout', { host }), { cause: error });
  }
  if (error instanceof APIConnectionError) {
    if (error.cause instanceof FeedError) return error.cause;
    const cause = rootCause(error);
    const chromium = chromiumFailure(cause);
    if (chromium?.kind === 'bad-answer') {
      const content = message('request.unusable-answer', { host, reason: chromium.reason });
      return new FeedError('bad-answer', content, { cause: error });
    }
    const content =
      certificateMessage(cause, host) ?? message('request.unreachable', { host, reason: rootMessage(error) });
    return new FeedError('unreachable', content, { cause: error });
  }
  if (error instanceof APIError && typeof error.status === 'number') {
    return fromStatus(error.status, error, access, now);
  }
  if (error instanceof SyntaxError) {
    return new FeedError('bad-answer', message('coingecko.not-json'), { cause: error });
  }
  if (error instanceof z.ZodError) {
    return new FeedError('bad-answer', message('coingecko.unexpected-form'), { cause: error });
  }
  const content = message('request.failed', { host, reason: rootMessage(error) });
  return new FeedError('unreachable', content, { cause: error });
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
  const said = body === null ? null : quotable(body.message, access.apiKey);
  if (status === 429) {
    return new FeedError('rate-limited', message('coingecko.limited', { said }), options);
  }
  const isAboutKey = code !== null && KEY_ERROR_CODES.has(code);
  if (status === 401 || isAboutKey) {
    const refusal = access.apiKey === null ? 'coingecko.wants-key' : 'coingecko.refuses-key';
    return new FeedError('refused', message(refusal, { code: isAboutKey ? code : status, said }), options);
  }
  if (status === 403) {
    return new FeedError('refused', message('coingecko.forbidden', { said }), options);
  }
  if (status >= 300 && status < 400) {
    const target = URL.parse(error.headers?.get('location') ?? '', access.baseUrl);
    const redirect = message('coingecko.redirect', { status, to: target?.origin ?? null });
    return new FeedError('bad-answer', redirect, options);
  }
  if (status === 404) {
    return new FeedError('bad-answer', message('coingecko.not-found', { said }), options);
  }
  return new FeedError('bad-answer', message('coingecko.status', { status, said }), options);
}

function rootMessage(error: unknown): Message {
  const cause = rootCause(error);
  if (!(cause instanceof Error) || cause.message !== '') return messageOf(cause);
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  return verbatim(code || cause.name);
}
