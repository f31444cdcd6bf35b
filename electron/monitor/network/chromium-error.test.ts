import { describe, expect, it } from 'vitest';
import { coinGeckoSource } from '../sources/coingecko/coingecko.ts';
import { createExchangeClient } from '../sources/exchanges/exchange-client.ts';
import { FeedError } from '../sources/price-source.ts';
import { systemClock, virtualClock } from '../time/clock.ts';
import { wasNeverSent } from './root-cause.ts';

const HOST = 'api.coingecko.com';

/** Fails as Electron's `net.fetch` does when Chromium cannot serve a request: with an error without a code. */
const failing =
  (name: string): typeof globalThis.fetch =>
  () =>
    Promise.reject(new Error(`net::${name}`));

async function failureOf(work: Promise<unknown>): Promise<FeedError> {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  if (!(error instanceof FeedError)) throw new Error(`not a FeedError: ${String(error)}`);
  return error;
}

function requestCoinGecko(fetch: typeof globalThis.fetch): Promise<FeedError> {
  const source = coinGeckoSource({
    baseUrl: `https://${HOST}/api/v3`,
    apiKey: null,
    plan: 'keyless',
    clock: virtualClock(0),
    fetch,
  });
  return failureOf(
    source.fetchPrices({ coins: ['bitcoin'], vsCurrency: 'usd' }, new AbortController().signal),
  );
}

async function requestKraken(fetch: typeof globalThis.fetch): Promise<FeedError> {
  const client = createExchangeClient({
    id: 'kraken',
    urlOverride: null,
    fetch,
    networkClock: systemClock,
  });
  const failure = await failureOf(client.markets());
  await client.close();
  return failure;
}

/** At least one error of each class in Chromium's net/base/net_error_list.h. */
const UNREACHABLE = [
  ['ERR_NAME_NOT_RESOLVED', 'never sent'],
  ['ERR_NAME_RESOLUTION_FAILED', 'never sent'],
  ['ERR_DNS_TIMED_OUT', 'never sent'],
  ['ERR_INTERNET_DISCONNECTED', 'never sent'],
  ['ERR_ADDRESS_UNREACHABLE', 'never sent'],
  ['ERR_ADDRESS_INVALID', 'never sent'],
  ['ERR_CONNECTION_REFUSED', 'never sent'],
  ['ERR_CONNECTION_FAILED', 'never sent'],
  ['ERR_CONNECTION_TIMED_OUT', 'never sent'],
  ['ERR_PROXY_CONNECTION_FAILED', 'never sent'],
  ['ERR_TUNNEL_CONNECTION_FAILED', 'never sent'],
  ['ERR_SOCKS_CONNECTION_FAILED', 'never sent'],
  ['ERR_PROXY_AUTH_UNSUPPORTED', 'never sent'],
  ['ERR_NO_SUPPORTED_PROXIES', 'never sent'],
  ['ERR_MANDATORY_PROXY_CONFIGURATION_FAILED', 'never sent'],
  ['ERR_BLOCKED_BY_ADMINISTRATOR', 'never sent'],
  ['ERR_NETWORK_ACCESS_DENIED', 'never sent'],
  ['ERR_SSL_PROTOCOL_ERROR', 'never sent'],
  ['ERR_SSL_VERSION_OR_CIPHER_MISMATCH', 'never sent'],
  ['ERR_UNSAFE_PORT', 'never sent'],
  ['ERR_CONNECTION_RESET', 'perhaps sent'],
  ['ERR_CONNECTION_CLOSED', 'perhaps sent'],
  ['ERR_CONNECTION_ABORTED', 'perhaps sent'],
  ['ERR_NETWORK_CHANGED', 'perhaps sent'],
  ['ERR_NETWORK_IO_SUSPENDED', 'perhaps sent'],
  ['ERR_TIMED_OUT', 'perhaps sent'],
  ['ERR_EMPTY_RESPONSE', 'perhaps sent'],
  ['ERR_HTTP2_PROTOCOL_ERROR', 'perhaps sent'],
  ['ERR_QUIC_PROTOCOL_ERROR', 'perhaps sent'],
  ['ERR_ABORTED', 'perhaps sent'],
  ['ERR_CONTEXT_SHUT_DOWN', 'perhaps sent'],
  ['ERR_FAILED', 'perhaps sent'],
  ['ERR_OF_A_LATER_CHROMIUM', 'perhaps sent'],
] as const;

const CERTIFICATE = [
  'ERR_CERT_COMMON_NAME_INVALID',
  'ERR_CERT_DATE_INVALID',
  'ERR_CERT_AUTHORITY_INVALID',
  'ERR_CERT_REVOKED',
  'ERR_CERTIFICATE_TRANSPARENCY_REQUIRED',
  'ERR_SSL_PINNED_KEY_NOT_IN_CERT_CHAIN',
  'ERR_PROXY_CERTIFICATE_INVALID',
];

const BAD_ANSWER = [
  'ERR_INVALID_RESPONSE',
  'ERR_INVALID_HTTP_RESPONSE',
  'ERR_INVALID_CHUNKED_ENCODING',
  'ERR_INCOMPLETE_CHUNKED_ENCODING',
  'ERR_CONTENT_DECODING_FAILED',
  'ERR_CONTENT_LENGTH_MISMATCH',
  'ERR_RESPONSE_HEADERS_TOO_BIG',
  'ERR_TOO_MANY_REDIRECTS',
  'ERR_UNSAFE_REDIRECT',
];

describe('a network error of Chromium', () => {
  it.each(UNREACHABLE)('%s: the server is unreachable, and the request was %s', async (name, sent) => {
    const failures = [await requestCoinGecko(failing(name)), await requestKraken(failing(name))];
    expect(failures.map(({ kind }) => kind)).toEqual(['unreachable', 'unreachable']);
    expect(failures[0]?.message).toBe(`cannot reach ${HOST}: net::${name}`);
    expect(failures[1]?.message).toBe(`cannot reach kraken: net::${name}`);
    expect(failures.map(wasNeverSent)).toEqual([sent === 'never sent', sent === 'never sent']);
  });

  it.each(CERTIFICATE)('%s: the certificate is not trusted', async (name) => {
    const failures = [await requestCoinGecko(failing(name)), await requestKraken(failing(name))];
    expect(failures.map(({ kind }) => kind)).toEqual(['unreachable', 'unreachable']);
    expect(failures[0]?.message).toContain(`the certificate of ${HOST} is not trusted: net::${name}`);
    expect(failures[1]?.message).toContain(`the certificate of kraken is not trusted: net::${name}`);
    expect(failures.every(wasNeverSent)).toBe(true);
  });

  it.each(['Redirect was cancelled', "Attempted to redirect, but redirect policy was 'error'"])(
    '%s: the response is a redirect',
    async (text) => {
      const redirected = () => Promise.reject(new Error(text));
      const failures = [await requestCoinGecko(redirected), await requestKraken(redirected)];
      expect(failures.map(({ kind }) => kind)).toEqual(['bad-answer', 'bad-answer']);
      expect(failures[0]?.message).toBe(
        `the response of ${HOST} cannot be used: it is a redirect, which is not followed: ` +
          'check the base URL and the network',
      );
      expect(failures.some(wasNeverSent)).toBe(false);
    },
  );

  it.each(BAD_ANSWER)('%s: the response is invalid', async (name) => {
    const failures = [await requestCoinGecko(failing(name)), await requestKraken(failing(name))];
    expect(failures.map(({ kind }) => kind)).toEqual(['bad-answer', 'bad-answer']);
    expect(failures[0]?.message).toBe(`the response of ${HOST} cannot be used: net::${name}`);
    expect(failures.some(wasNeverSent)).toBe(false);
  });
});
