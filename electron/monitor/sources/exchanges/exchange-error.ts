import { describeCertificateError } from '../../network/certificate-error.ts';
import { chromiumFailure } from '../../network/chromium-error.ts';
import { rootCause } from '../../network/root-cause.ts';
import { FeedError } from '../price-source.ts';

const LONGEST_QUOTE = 200;

/** ccxt begins with the exchange and the request: the one is named before it, the other helps nobody who reads a status. */
const REQUEST = /^\w+ (?:GET|POST) \S+ (?:fetch failed: )?/;

/** Names of ccxt's errors by what they mean to us. Source: docs.ccxt.com, "Exception Hierarchy". */
const LIMITED = new Set(['RateLimitExceeded', 'DDoSProtection']);
const REFUSED = new Set(['AuthenticationError', 'PermissionDenied', 'AccountSuspended']);
const UNREACHABLE = new Set([
  'NetworkError',
  'RequestTimeout',
  'ExchangeNotAvailable',
  'ExchangeClosedByUser',
]);

/** Translates what ccxt throws into a `FeedError` for people, naming the exchange. */
export function toExchangeError(exchange: string, error: unknown): FeedError {
  if (error instanceof FeedError) return error;
  const name = error instanceof Error ? error.name : '';
  const words = (error instanceof Error ? error.message : String(error))
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .replace(REQUEST, '');
  const quote = words.length > LONGEST_QUOTE ? `${words.slice(0, LONGEST_QUOTE)}…` : words;
  if (LIMITED.has(name))
    return new FeedError('rate-limited', `${exchange} limits our requests: ${quote}`, { cause: error });
  if (REFUSED.has(name))
    return new FeedError('refused', `${exchange} refuses our requests: ${quote}`, { cause: error });
  const cause = rootCause(error);
  const untrusted = describeCertificateError(cause, exchange);
  if (untrusted !== null) return new FeedError('unreachable', untrusted, { cause: error });
  // ccxt passes on what it does not know: the errors of Electron's `net.fetch` among it.
  const chromium = chromiumFailure(cause);
  if (chromium?.kind === 'bad-answer') {
    const message = `${exchange}'s answer cannot be used: ${chromium.message}`;
    return new FeedError('bad-answer', message, { cause: error });
  }
  if (chromium !== null || UNREACHABLE.has(name))
    return new FeedError('unreachable', `cannot reach ${exchange}: ${quote}`, { cause: error });
  return new FeedError('bad-answer', `${exchange}'s answer cannot be used: ${quote}`, { cause: error });
}
