import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { EventMessage, Response } from '../../shared/api.ts';
import type { Monitor } from '../monitor/monitor.ts';
import type { Access } from './access.ts';

/** The largest question is a settings change with 500 coins. */
const MAX_MESSAGE_BYTES = 64 * 1_024;
const MAX_SOCKETS = 32;

/** A page that reads nothing more is cut off before what is kept for it fills the memory; it comes back by itself. */
const MAX_UNSENT_BYTES = 8 * 1_024 * 1_024;

/** Close code of ours for a page whose cookie is not (any more) the right one; 4000–4999 are for applications. */
export const CLOSE_UNAUTHORIZED = 4_401;
const CLOSE_TOO_MANY = 1_013;
const CLOSE_GOING_AWAY = 1_001;

export type Sockets = {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
};

/** Speaks the contract of shared/api.ts over WebSockets at `/api`, JSON both ways. */
export function createSockets(
  monitor: Pick<Monitor, 'answer' | 'subscribe' | 'log'>,
  access: Access,
): Sockets {
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, clientTracking: true });
  const unsubscribe = monitor.subscribe((message) => {
    if (server.clients.size === 0) return;
    const text = JSON.stringify(message);
    for (const client of server.clients) sendText(client, text);
  });

  const open = (socket: WebSocket): void => {
    socket.on('error', (err) => monitor.log.debug({ err }, 'a page closed its socket with an error'));
    socket.on('message', async (data, isBinary) => {
      send(socket, await monitor.answer(isBinary ? null : parseJson(data.toString())));
    });
  };

  return {
    upgrade(request, socket, head) {
      const path = new URL(request.url ?? '/', 'http://localhost').pathname;
      if (path !== '/api' || !access.hostIsOurs(request) || !access.originIsOurs(request)) {
        socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, (webSocket) => {
        // A browser tells its page nothing of a refused upgrade; a close code it does tell.
        if (!access.hasCookie(request)) webSocket.close(CLOSE_UNAUTHORIZED, 'unauthorized');
        else if (server.clients.size > MAX_SOCKETS) webSocket.close(CLOSE_TOO_MANY, 'too many pages');
        else open(webSocket);
      });
    },
    close() {
      unsubscribe();
      for (const client of server.clients) client.close(CLOSE_GOING_AWAY, 'the monitor stops');
      server.close();
    },
  };
}

function send(socket: WebSocket, message: Response | EventMessage): void {
  sendText(socket, JSON.stringify(message));
}

function sendText(socket: WebSocket, text: string): void {
  if (socket.readyState !== socket.OPEN) return;
  if (socket.bufferedAmount > MAX_UNSENT_BYTES) socket.terminate();
  else socket.send(text);
}

/** What is not JSON becomes null, which is no request and is answered so. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
