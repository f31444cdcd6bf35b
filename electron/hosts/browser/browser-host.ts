import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Message, message } from '../../../shared/messages/message.ts';
import { MessageError } from '../../../shared/messages/message-error.ts';
import { packageRoot } from '../../monitor/files/package-root.ts';
import type { Monitor } from '../../monitor/monitor.ts';
import { createAccess } from './access.ts';
import { createPages } from './pages.ts';
import { createSockets } from './sockets.ts';
import { readOrMakeToken } from './token.ts';

const LOOPBACK = '127.0.0.1';

/** Timeout of a request, which is a line and a few headers from a browser on this machine. */
const REQUEST_TIMEOUT_MS = 10_000;

/** The port is in use or not permitted. */
export class PortError extends MessageError {
  constructor(content: Message, options?: ErrorOptions) {
    super(content, options);
    this.name = 'PortError';
  }
}

export type BrowserHost = {
  /** With the token, for the person who started the program. */
  readonly url: string;
  close(): Promise<void>;
};

/**
 * Serves the page and its API on 127.0.0.1 and nowhere else. When it throws, nothing listens.
 *
 * @param port 0 or null for a free one
 * @throws PortError naming the port and what to do
 * @throws MessageError naming the token's file when that cannot be read
 */
export async function startBrowserHost(monitor: Monitor, port: number | null): Promise<BrowserHost> {
  const { log } = monitor;
  // Steps that can fail without a port come first.
  const token = readOrMakeToken(monitor.dataDir);
  const folder = join(packageRoot(), 'out/renderer');

  const server = createServer({ headersTimeout: REQUEST_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS });
  await listen(server, port ?? 0);
  // From now on an error concerns one connection, for example for lack of descriptors; others can still be accepted.
  server.on('error', (err) => log.warn({ err }, 'a connection was not accepted'));
  const { port: actualPort } = server.address() as AddressInfo;

  const access = createAccess(token, actualPort);
  const sockets = createSockets(monitor, access);
  server.on('request', createPages(folder, access, log));
  server.on('upgrade', sockets.upgrade);

  return {
    // A token that was written by hand may contain any character.
    url: `http://${LOOPBACK}:${actualPort}/?token=${encodeURIComponent(token)}`,
    async close() {
      sockets.close();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, LOOPBACK);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'EADDRINUSE') throw new PortError(message('port.in-use', { port }), { cause });
    if (code === 'EACCES') throw new PortError(message('port.forbidden', { port }), { cause });
    throw cause;
  }
}
