/** What a network error of Chromium says about a request, in the words that Node's errors have for us. */
export type ChromiumFailure = {
  /** What happened: `net::ERR_NAME_NOT_RESOLVED`, or a sentence. */
  readonly message: string;
  /**
   * `certificate`: the server's certificate is not trusted. `bad-answer`: an answer came and is none. `unreachable`: all
   * others, from a name that does not resolve to a request that was cut off by a change of the network.
   */
  readonly kind: 'unreachable' | 'certificate' | 'bad-answer';
  /** Whether the provider certainly did not see the request: there was no connection, or no trust in it. */
  readonly wasNeverSent: boolean;
};

const NET_ERROR = /\bnet::(ERR_[A-Z0-9_]+)/;

/** What `net.fetch` itself says of a redirect where `redirect` is `manual` or `error`. Source: Electron, lib/browser/api/net-fetch.ts. */
const REDIRECT: ReadonlySet<string> = new Set([
  'Redirect was cancelled',
  "Attempted to redirect, but redirect policy was 'error'",
]);
const NOT_FOLLOWED = 'it is a redirect, which is not followed: check the base URL and the network';

/** Outside of `ERR_CERT_…`, what else is about the certificate of the server or of its proxy. */
const CERTIFICATE: ReadonlySet<string> = new Set([
  'ERR_CERTIFICATE_TRANSPARENCY_REQUIRED',
  'ERR_ECH_FALLBACK_CERTIFICATE_INVALID',
  'ERR_PROXY_CERTIFICATE_INVALID',
  'ERR_QUIC_CERT_ROOT_NOT_KNOWN',
  'ERR_SSL_PINNED_KEY_NOT_IN_CERT_CHAIN',
  'ERR_SSL_SERVER_CERT_BAD_FORMAT',
]);

/** The server answered, and what it sent cannot be read, or sends us elsewhere. */
const BAD_ANSWER: readonly RegExp[] = [
  /^ERR_(CONTENT|ENCODING)_/,
  /^ERR_(INCOMPLETE|INVALID)_CHUNKED_ENCODING$/,
  /^ERR_INVALID_(HTTP_)?RESPONSE$/,
  /^ERR_(INVALID|UNSAFE)_REDIRECT$|^ERR_TOO_MANY_REDIRECTS$/,
  /^ERR_RESPONSE_/,
  /^ERR_HTTP_RESPONSE_CODE_FAILURE$/,
  /^ERR_BLOCKED_BY_(RESPONSE|ORB)$/,
];

/** What keeps a request from leaving this machine, or from being sent over a connection. */
const NEVER_SENT: readonly RegExp[] = [
  /^ERR_NAME_|^ERR_HOST_RESOLVER_|^ERR_DNS_|^ERR_ICANN_NAME_COLLISION$/,
  /^ERR_INTERNET_DISCONNECTED$|^ERR_NETWORK_ACCESS_DENIED$/,
  /^ERR_ADDRESS_/,
  /^ERR_CONNECTION_(FAILED|REFUSED|TIMED_OUT)$/,
  /^ERR_(TUNNEL|PROXY|SOCKS)_CONNECTION_|^ERR_PROXY_AUTH_|^ERR_NO_SUPPORTED_PROXIES$/,
  /^ERR_MANDATORY_PROXY_|^ERR_PAC_/,
  /^ERR_BLOCKED_BY_(ADMINISTRATOR|CLIENT)$/,
  /^ERR_(INVALID_URL|UNSAFE_PORT|DISALLOWED_URL_SCHEME|UNKNOWN_URL_SCHEME)$/,
  /^ERR_SSL_(PROTOCOL_ERROR|VERSION_OR_CIPHER_MISMATCH|OBSOLETE_CIPHER)$/,
];

/**
 * What an error of Electron's `net.fetch` means, which has no code but only a message, mostly `net::ERR_…`; null for any
 * other error. Source of the names: Chromium, net/base/net_error_list.h.
 */
export function chromiumFailure(error: unknown): ChromiumFailure | null {
  if (!(error instanceof Error)) return null;
  if (REDIRECT.has(error.message)) return { message: NOT_FOLLOWED, kind: 'bad-answer', wasNeverSent: false };
  const [message, name] = NET_ERROR.exec(error.message) ?? [];
  if (message === undefined || name === undefined) return null;
  const isOf = (patterns: readonly RegExp[]): boolean => patterns.some((pattern) => pattern.test(name));
  if (name.startsWith('ERR_CERT_') || CERTIFICATE.has(name)) {
    return { message, kind: 'certificate', wasNeverSent: true };
  }
  if (isOf(BAD_ANSWER)) return { message, kind: 'bad-answer', wasNeverSent: false };
  return { message, kind: 'unreachable', wasNeverSent: isOf(NEVER_SENT) };
}
