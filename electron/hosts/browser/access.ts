import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Access control of the browser host, by a request's headers and URL alone. */
export type Access = {
  /** The request names this machine and this port, so no foreign name was pointed at us (DNS rebinding). */
  hostIsOurs(request: IncomingMessage): boolean;
  /** The page that opens the socket was served by us. Browsers always send an origin with a WebSocket. */
  originIsOurs(request: IncomingMessage): boolean;
  hasCookie(request: IncomingMessage): boolean;
  /** The token of `?token=…`, right or wrong; null where the URL has none. */
  tokenInUrl(target: URL): 'right' | 'wrong' | null;
  readonly setCookie: string;
};

const BASE = 'http://localhost';

/**
 * What a request is for. Null where that is no path on this server: what clients send may be no URL at all, or one that
 * names another server, such as `//evil.example/`.
 */
export function requestTarget({ url }: IncomingMessage): URL | null {
  const target = URL.parse(url ?? '', BASE);
  return url?.startsWith('/') && target?.origin === BASE ? target : null;
}

export function createAccess(token: string, port: number): Access {
  const hosts = new Set(['127.0.0.1', 'localhost'].map((name) => new URL(`http://${name}:${port}`).host));
  // Cookies know no ports: two monitors on one machine need two names.
  const cookieName = `monitor_${port}`;
  // The cookie is not the token itself, so that a token in a log does not show what the cookie is, nor the reverse.
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
