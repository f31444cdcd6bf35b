import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection that sends whatever a test wants, and reads until the other side closes it. */
export type RawClient = {
  readonly socket: Socket;
  /** The received bytes, as one character each. */
  received(): string;
  /** Resolves when the connection is closed by either side. */
  readonly closed: Promise<void>;
};

/**
 * Connects to a port of this machine. Errors of the connection are expected and ignored.
 *
 * @param keepsOpen whether to leave this side open when the other one has ended its own
 */
export async function rawClient(port: number, { keepsOpen = false } = {}): Promise<RawClient> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: keepsOpen });
  let received = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    received += text;
  });
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await Promise.race([once(socket, 'connect'), closed]);
  return { socket, received: () => received, closed };
}

/** Sends a text and returns what was received until the other side closed the connection. */
export async function exchange(port: number, text: string): Promise<string> {
  const client = await rawClient(port);
  client.socket.write(text, 'latin1');
  await client.closed;
  return client.received();
}

/** A WebSocket upgrade request like that of a browser. */
export function upgradeRequest(
  headers: Readonly<Record<string, string>>,
  target = '/api',
  method = 'GET',
): string {
  const lines = Object.entries({
    upgrade: 'websocket',
    connection: 'Upgrade',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** A frame with reserved bits set, which RFC 6455 (5.2) forbids. */
export const INVALID_FRAME = '\xff\xff\xff\xff\xff\xff';
