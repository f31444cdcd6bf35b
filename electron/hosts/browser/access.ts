import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Access control of the browser host, based only on a request's headers and URL. */
export type Access = {
  /** Whether the request names this machine and this port, or the public address, which rules out DNS rebinding. */
  hostIsOurs(request: IncomingMessage): boolean;
  /** Whether this server served the page that opens the socket. Browsers always send an origin with a WebSocket. */
  originIsOurs(request: IncomingMessage): boolean;
  hasCookie(request: IncomingMessage): boolean;
  /** The token in `?token=…`, whether valid or not; null if the URL has none. */
  tokenInUrl(target: URL): 'right' | 'wrong' | null;
  /** The header that sets the cookie in a browser. */
  setCookie(request: IncomingMessage): string;
};

export type AccessOptions = {
  /** The tokens that admit a browser, at least one; the cookie is derived from the first. */
  readonly tokens: () => readonly string[];
  readonly port: number;
  /** The public address, in addition to this machine's own; several processes may share it. */
  readonly publicUrl?: URL | null;
};

const BASE = 'http://localhost';

/**
 * The target of a request; null when it is not a path on this server: a client may send something that is not a URL, or a URL of
 * another server, such as `//evil.example/`.
 */
export function requestTarget({ url }: IncomingMessage): URL | null {
  const target = URL.parse(url ?? '', BASE);
  return url?.startsWith('/') && target?.origin === BASE ? target : null;
}

export function createAccess({ tokens, port, publicUrl = null }: AccessOptions): Access {
  const hosts = new Set(['127.0.0.1', 'localhost'].map((name) => new URL(`http://${name}:${port}`).host));
  const isPublic = ({ headers }: IncomingMessage): boolean =>
    publicUrl !== null && headers.host === publicUrl.host;
  // Cookies are shared between ports, so two monitors on one machine need two names. Behind a public address one name is enough.
  const cookieName = publicUrl === null ? `monitor_${port}` : 'monitor';

  return {
    hostIsOurs: (request) =>
      isPublic(request) || (request.headers.host !== undefined && hosts.has(request.headers.host)),
    originIsOurs: (request) =>
      request.headers.origin === (isPublic(request) ? publicUrl?.origin : `http://${request.headers.host}`),
    hasCookie({ headers }) {
      const cookies = headers.cookie?.split(';').map((cookie) => cookie.trim()) ?? [];
      const given = cookies
        .filter((cookie) => cookie.startsWith(`${cookieName}=`))
        .map((cookie) => cookie.slice(cookieName.length + 1));
      return tokens().some((token) => given.some((value) => same(value, cookieOf(token))));
    },
    tokenInUrl({ searchParams }) {
      const given = searchParams.get('token');
      if (given === null) return null;
      return tokens().some((token) => same(given, token)) ? 'right' : 'wrong';
    },
    setCookie(request) {
      const isSecure = isPublic(request) && publicUrl?.protocol === 'https:';
      const value = cookieOf(tokens()[0] ?? '');
      return `${cookieName}=${value}; HttpOnly; SameSite=Strict; Path=/${isSecure ? '; Secure' : ''}`;
    },
  };
}

/** The cookie differs from the token, so that neither can be derived from the other if one appears in a log. */
function cookieOf(token: string): string {
  return createHash('sha256').update(`cookie:${token}`).digest('base64url');
}

/** Compares in constant time. */
function same(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
