import { type Message, message, verbatim } from '../../../shared/messages/message.ts';

/** A network error of Chromium, classified like Node's errors. */
export type ChromiumFailure = {
  /** What happened: `net::ERR_NAME_NOT_RESOLVED`, or that it is a redirect. */
  readonly reason: Message;
  /**
   * `certificate`: the server's certificate is not trusted. `bad-answer`: the response is invalid. `unreachable`: all others,
   * such as a name that does not resolve or a connection cut by a network change.
   */
  readonly kind: 'unreachable' | 'certificate' | 'bad-answer';
  /**
   * Whether the request certainly did not reach the provider: there was no connection, or its certificate was
   * rejected.
   */
  readonly wasNeverSent: boolean;
};

const NET_ERROR = /\bnet::(ERR_[A-Z0-9_]+)/;

/**
 * Messages of `net.fetch` itself for a redirect when `redirect` is `manual` or `error`. Source: Electron,
 * lib/browser/api/net-fetch.ts.
 */
const REDIRECT: ReadonlySet<string> = new Set([
  'Redirect was cancelled',
  "Attempted to redirect, but redirect policy was 'error'",
]);

/** Certificate errors of the server or its proxy outside of `ERR_CERT_…`. */
const CERTIFICATE: ReadonlySet<string> = new Set([
  'ERR_CERTIFICATE_TRANSPARENCY_REQUIRED',
  'ERR_ECH_FALLBACK_CERTIFICATE_INVALID',
  'ERR_PROXY_CERTIFICATE_INVALID',
  'ERR_QUIC_CERT_ROOT_NOT_KNOWN',
  'ERR_SSL_PINNED_KEY_NOT_IN_CERT_CHAIN',
  'ERR_SSL_SERVER_CERT_BAD_FORMAT',
]);

/** The server responded, but the response is unreadable or a redirect. */
const BAD_ANSWER: readonly RegExp[] = [
  /^ERR_(CONTENT|ENCODING)_/,
  /^ERR_(INCOMPLETE|INVALID)_CHUNKED_ENCODING$/,
  /^ERR_INVALID_(HTTP_)?RESPONSE$/,
  /^ERR_(INVALID|UNSAFE)_REDIRECT$|^ERR_TOO_MANY_REDIRECTS$/,
  /^ERR_RESPONSE_/,
  /^ERR_HTTP_RESPONSE_CODE_FAILURE$/,
  /^ERR_BLOCKED_BY_(RESPONSE|ORB)$/,
];

/** Errors before the request was sent. */
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
 * Classifies an error of Electron's `net.fetch`, which has no code but only a message, mostly `net::ERR_…`; null for
 * any other error. Source of the names: Chromium, net/base/net_error_list.h.
 */
export function chromiumFailure(error: unknown): ChromiumFailure | null {
  if (!(error instanceof Error)) return null;
  if (REDIRECT.has(error.message)) {
    return { reason: message('request.redirect'), kind: 'bad-answer', wasNeverSent: false };
  }
  const [netError, name] = NET_ERROR.exec(error.message) ?? [];
  if (netError === undefined || name === undefined) return null;
  const reason = verbatim(netError);
  const matches = (patterns: readonly RegExp[]): boolean => patterns.some((pattern) => pattern.test(name));
  if (name.startsWith('ERR_CERT_') || CERTIFICATE.has(name)) {
    return { reason, kind: 'certificate', wasNeverSent: true };
  }
  if (matches(BAD_ANSWER)) return { reason, kind: 'bad-answer', wasNeverSent: false };
  return { reason, kind: 'unreachable', wasNeverSent: matches(NEVER_SENT) };
}
