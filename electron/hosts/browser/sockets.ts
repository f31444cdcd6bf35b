import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import type { EventMessage } from '../../../shared/contract/events.ts';
import { CLOSE_UNAUTHORIZED, type Response } from '../../../shared/contract/wire.ts';
import type { Monitor } from '../../monitor/monitor.ts';
import { type Access, requestTarget } from './access.ts';
import { createRateLimit } from './rate-limit.ts';

/** The largest request is a settings change with 500 coins. */
const MAX_MESSAGE_BYTES = 64 * 1_024;
/** The maximum number of pages open at a time; sockets without the cookie are not counted. */
const MAX_PAGES = 32;

/**
 * A page with an outdated cookie is notified by a close code, which requires an open socket. A handshake is costly, so only this
 * many clients without the cookie get one; others are refused, and a page retries later.
 */
const UNAUTHORIZED = { burst: 20, perSecond: 2 };

/** Timeout for a client to confirm that its socket is closed; without it, a client could keep the program from exiting. */
const CLOSE_TIMEOUT_MS = 1_000;

/** A page that stops reading is disconnected before its buffer fills the memory; it reconnects on its own. */
const MAX_UNSENT_BYTES = 8 * 1_024 * 1_024;

const CLOSE_TOO_MANY = 1_013;
const CLOSE_GOING_AWAY = 1_001;

/** `closeTimeout` is documented by ws but missing from its types. */
const OPTIONS: ServerOptions & { readonly closeTimeout: number } = {
  noServer: true,
  maxPayload: MAX_MESSAGE_BYTES,
  clientTracking: true,
  closeTimeout: CLOSE_TIMEOUT_MS,
};

export type Sockets = {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
};

/**
 * Serves the contract of shared/contract/ as JSON over WebSockets at `/api`.
 *
 * @param maxPages the maximum number of pages at a time
 * @param now in milliseconds, from a monotonic clock
 */
export function createSockets(
  monitor: Pick<Monitor, 'dispatch' | 'subscribe' | 'log'>,
  access: Access,
  maxPages = MAX_PAGES,
  now: () => number = performance.now.bind(performance),
): Sockets {
  const { log } = monitor;
  const server = new WebSocketServer(OPTIONS);
  const pages = new Set<WebSocket>();
  const unauthorized = createRateLimit({ ...UNAUTHORIZED, now });
  const unsubscribe = monitor.subscribe((message) => {
    if (pages.size === 0) return;
    const text = JSON.stringify(message);
    for (const page of pages) sendText(page, text);
  });

  const reply = async (page: WebSocket, message: unknown): Promise<void> => {
    try {
      send(page, await monitor.dispatch(message));
    } catch (err) {
      log.error({ err }, 'a request of a page failed');
    }
  };

  const open = (page: WebSocket): void => {
    pages.add(page);
    page.on('close', () => pages.delete(page));
    page.on('message', (data, isBinary) => void reply(page, isBinary ? null : parseJson(data.toString())));
  };

  const receive = (socket: WebSocket, isAuthorized: boolean): void => {
    // Must come first: a client may send invalid frames, even while its socket is being closed.
    socket.on('error', (err) => log.debug({ err }, 'a page closed its socket with an error'));
    // A browser does not report a refused upgrade to its page, but it does report a close code.
    if (!isAuthorized) socket.close(CLOSE_UNAUTHORIZED, 'unauthorized');
    else if (pages.size >= maxPages) socket.close(CLOSE_TOO_MANY, 'too many pages');
    else open(socket);
  };

  return {
    upgrade(request, socket, head) {
      // Node has removed its own listener from this socket; without one, a connection reset would end the program.
      socket.on('error', (err) => log.debug({ err }, 'the connection of a client failed'));
      const target = requestTarget(request);
      if (target === null) return refuse(socket, '400 Bad Request');
      if (target.pathname !== '/api' || !access.hostIsOurs(request) || !access.originIsOurs(request)) {
        return refuse(socket, '403 Forbidden');
      }
      const isAuthorized = access.hasCookie(request);
      if (!isAuthorized && !unauthorized.take()) return refuse(socket, '429 Too Many Requests');
      server.handleUpgrade(request, socket, head, (webSocket) => receive(webSocket, isAuthorized));
    },
    close() {
      unsubscribe();
      for (const client of server.clients) client.close(CLOSE_GOING_AWAY, 'the monitor stops');
      server.close();
    },
  };
}

/** Closes both directions: otherwise a client that keeps its own open would occupy a descriptor. */
function refuse(socket: Duplex, status: string): void {
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function send(socket: WebSocket, message: Response | EventMessage): void {
  sendText(socket, JSON.stringify(message));
}

function sendText(socket: WebSocket, text: string): void {
  if (socket.readyState !== socket.OPEN) return;
  if (socket.bufferedAmount > MAX_UNSENT_BYTES) socket.terminate();
  else socket.send(text);
}

/** Text that is not JSON becomes null, which is rejected as an invalid request. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
