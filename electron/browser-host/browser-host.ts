import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Monitor } from '../monitor/monitor.ts';
import { packageRoot } from '../monitor/package-root.ts';
import { createAccess, readOrMakeToken } from './access.ts';
import { createPages } from './pages.ts';
import { createSockets } from './sockets.ts';

const LOOPBACK = '127.0.0.1';

/** The port is taken, or may not be used. */
export class PortError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PortError';
  }
}

export type BrowserHost = {
  /** With the token, for the person who started the program. */
  readonly url: string;
  close(): Promise<void>;
};

/**
 * Serves the page and its API on 127.0.0.1 and nowhere else.
 *
 * @param port 0 or null for a free one
 * @throws PortError naming the port and what to do
 */
export async function startBrowserHost(monitor: Monitor, port: number | null): Promise<BrowserHost> {
  const server = createServer();
  await listen(server, port ?? 0);
  const { port: actualPort } = server.address() as AddressInfo;

  const token = readOrMakeToken(monitor.dataDir);
  const access = createAccess(token, actualPort);
  const sockets = createSockets(monitor, access);
  server.on('request', createPages(join(packageRoot(), 'out/renderer'), access));
  server.on('upgrade', sockets.upgrade);

  return {
    url: `http://${LOOPBACK}:${actualPort}/?token=${token}`,
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
    if (code === 'EADDRINUSE') {
      throw new PortError(
        `Port ${port} is in use by another program. Choose another with --port, or leave it out.`,
        {
          cause,
        },
      );
    }
    if (code === 'EACCES') {
      throw new PortError(`Port ${port} may not be used without special rights. Choose one above 1023.`, {
        cause,
      });
    }
    throw cause;
  }
}
