import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Access control of the browser host, by a request's headers and URL alone. */
export type Access = {
  /** Whether the request names this machine and this port, which rules out DNS rebinding. */
  hostIsOurs(request: IncomingMessage): boolean;
  /** Whether this server served the page that opens the socket. Browsers always send an origin with a WebSocket. */
  originIsOurs(request: IncomingMessage): boolean;
  hasCookie(request: IncomingMessage): boolean;
  /** The token of `?token=…`, right or wrong; null where the URL has none. */
  tokenInUrl(target: URL): 'right' | 'wrong' | null;
  readonly setCookie: string;
};

const BASE = 'http://localhost';

/**
 * The target of a request; null when it is not a path on this server: a client may send what is not a URL, or a URL of
 * another server, such as `//evil.example/`.
 */
export function requestTarget({ url }: IncomingMessage): URL | null {
  const target = URL.parse(url ?? '', BASE);
  return url?.startsWith('/') && target?.origin === BASE ? target : null;
}

export function createAccess(token: string, port: number): Access {
  const hosts = new Set(['127.0.0.1', 'localhost'].map((name) => new URL(`http://${name}:${port}`).host));
  // Cookies are shared between ports: two monitors on one machine need two names.
  const cookieName = `monitor_${port}`;
  // The cookie differs from the token, so that neither can be derived from the other if one appears in a log.
  const cookieValue = createHash('sha256').update(`cookie:${token}`).digest('base64url');

  return {
    hostIsOurs: ({ headers }) => headers.host !== undefined && hosts.has(headers.host),
    originIsOurs: ({ headers }) => headers.origin === `http://${headers.host}`,
    hasCookie({ headers }) {
      const cookies = headers.cookie?.split(';').map((cookie) => cookie.trim()) ?? [];
      return cookies.some(
        (cookie) =>
          cookie.startsWith(`${cookieName}=`) && same(cookie.slice(cookieName.length + 1), cookieValue),
      );
    },
    tokenInUrl({ searchParams }) {
      const given = searchParams.get('token');
      if (given === null) return null;
      return same(given, token) ? 'right' : 'wrong';
    },
    setCookie: `${cookieName}=${cookieValue}; HttpOnly; SameSite=Strict; Path=/`,
  };
}

/** Compares in constant time. */
function same(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
