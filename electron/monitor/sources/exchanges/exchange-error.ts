import { message, verbatim } from '../../../../shared/messages/message.ts';
import { certificateMessage } from '../../network/certificate-error.ts';
import { chromiumFailure } from '../../network/chromium-error.ts';
import { rootCause } from '../../network/root-cause.ts';
import { FeedError } from '../price-source.ts';

const LONGEST_QUOTE = 200;

/**
 * ccxt prefixes its messages with the exchange and the request. Our message names the exchange already, and the URL
 * does not help a reader.
 */
const REQUEST = /^\w+ (?:GET|POST) \S+ (?:fetch failed: )?/;

/** ccxt's error names, by the kind of `FeedError` that they become. Source: docs.ccxt.com, "Exception Hierarchy". */
const LIMITED = new Set(['RateLimitExceeded', 'DDoSProtection']);
const REFUSED = new Set(['AuthenticationError', 'PermissionDenied', 'AccountSuspended']);
const UNREACHABLE = new Set([
  'NetworkError',
  'RequestTimeout',
  'ExchangeNotAvailable',
  'ExchangeClosedByUser',
]);

/** Converts an error of ccxt into a `FeedError` whose message names the exchange. */
export function toExchangeError(exchange: string, error: unknown): FeedError {
  if (error instanceof FeedError) return error;
  const name = error instanceof Error ? error.name : '';
  const errorText = (error instanceof Error ? error.message : String(error))
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .replace(REQUEST, '');
  const said = errorText.length > LONGEST_QUOTE ? `${errorText.slice(0, LONGEST_QUOTE)}…` : errorText;
  if (LIMITED.has(name))
    return new FeedError('rate-limited', message('exchange.limited', { exchange, said }), { cause: error });
  if (REFUSED.has(name))
    return new FeedError('refused', message('exchange.refuses', { exchange, said }), { cause: error });
  const cause = rootCause(error);
  const untrusted = certificateMessage(cause, exchange);
  if (untrusted !== null) return new FeedError('unreachable', untrusted, { cause: error });
  // ccxt rethrows errors that it does not know, such as those of Electron's `net.fetch`.
  const chromium = chromiumFailure(cause);
  if (chromium?.kind === 'bad-answer') {
    const content = message('exchange.unusable-answer', { exchange, reason: chromium.reason });
    return new FeedError('bad-answer', content, { cause: error });
  }
  if (chromium !== null || UNREACHABLE.has(name))
    return new FeedError('unreachable', message('exchange.unreachable', { exchange, said }), {
      cause: error,
    });
  const content = message('exchange.unusable-answer', { exchange, reason: verbatim(said) });
  return new FeedError('bad-answer', content, { cause: error });
}
