import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Message, message } from '../../../shared/messages/message.ts';
import { MessageError } from '../../../shared/messages/message-error.ts';
import { packageRoot } from '../../monitor/files/package-root.ts';
import type { Monitor } from '../../monitor/monitor.ts';
import { systemClock } from '../../monitor/time/clock.ts';
import { createAccess, requestTarget } from './access.ts';
import { createPages } from './pages.ts';
import { openSharedToken, type SharedToken, type SharedTokenOptions } from './shared-token.ts';
import { createSockets } from './sockets.ts';
import { readOrMakeToken, writeToken } from './token.ts';

const LOOPBACK = '127.0.0.1';

/** Timeout of a request, which is one line and a few headers from a browser on this machine. */
const REQUEST_TIMEOUT_MS = 10_000;

/** The port is in use or not permitted. */
export class PortError extends MessageError {
  constructor(content: Message, options?: ErrorOptions) {
    super(content, options);
    this.name = 'PortError';
  }
}

export type BrowserHost = {
  /** Contains the token, for the user who started the program. */
  readonly url: string;
  close(): Promise<void>;
};

/** What the host needs of the program. */
export type HostedMonitor = Pick<Monitor, 'dataDir' | 'dispatch' | 'subscribe' | 'log'>;

export type BrowserHostOptions = {
  /** 0 or null for a free port. */
  readonly port: number | null;
  /** The IP address to listen on; the loopback address if absent. */
  readonly address?: string;
  /** The public address, if it differs. */
  readonly publicUrl?: URL | null;
  /** The token that admits browsers; that of the data folder if absent. */
  readonly token?: string | null;
  /** Agrees with other processes on the token; see `SharedTokenOptions`. */
  readonly shareToken?: SharedTokenOptions['share'];
  readonly maxPages?: number;
  /** Additional handlers by path. They need no cookie and accept any host, so each does its own access control. */
  readonly routes?: ReadonlyMap<string, RequestListener>;
};

/**
 * Serves the page and its API, on 127.0.0.1 and nowhere else unless another address is given. When it throws, nothing listens.
 *
 * @throws PortError naming the port and what to do
 * @throws MessageError naming the token's file when that cannot be read
 */
export async function startBrowserHost(
  monitor: HostedMonitor,
  options: BrowserHostOptions,
): Promise<BrowserHost> {
  const { log } = monitor;
  const { address = LOOPBACK, publicUrl = null, routes = new Map(), maxPages } = options;
  // Do the steps that can fail without a port first.
  const shared = await openTokens(monitor, options);
  const folder = join(packageRoot(), 'out/renderer');

  const server = createServer({ headersTimeout: REQUEST_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS });
  try {
    await listen(server, options.port ?? 0, address);
  } catch (cause) {
    shared.stop();
    throw cause;
  }
  // From here on, an error concerns one connection, for example a lack of descriptors; others can still be accepted.
  server.on('error', (err) => log.warn({ err }, 'a connection was not accepted'));
  const { port } = server.address() as AddressInfo;

  const access = createAccess({ tokens: shared.tokens, port, publicUrl });
  const sockets = createSockets(monitor, access, maxPages);
  const servePage = createPages(folder, access, log);
  server.on('request', (request, response) => {
    const serve = routes.get(requestTarget(request)?.pathname ?? '') ?? servePage;
    serve(request, response);
  });
  server.on('upgrade', sockets.upgrade);

  const base = publicUrl?.origin ?? `http://${LOOPBACK}:${port}`;
  return {
    // A token that was set by hand may contain any character.
    url: `${base}/?token=${encodeURIComponent(shared.tokens()[0] ?? '')}`,
    async close() {
      shared.stop();
      sockets.close();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function openTokens(
  { dataDir, log }: HostedMonitor,
  { token, shareToken }: BrowserHostOptions,
): Promise<SharedToken> {
  const own = token ?? readOrMakeToken(dataDir);
  if (shareToken === undefined || token != null) return { tokens: () => [own], stop: () => undefined };
  return openSharedToken({
    own,
    share: shareToken,
    keep: (shared) => writeToken(dataDir, shared),
    clock: systemClock,
    log,
  });
}

async function listen(server: Server, port: number, address: string): Promise<void> {
  server.listen(port, address);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'EADDRINUSE') throw new PortError(message('port.in-use', { port }), { cause });
    if (code === 'EACCES') throw new PortError(message('port.forbidden', { port }), { cause });
    if (code === 'EADDRNOTAVAIL')
      throw new PortError(message('serve.wrong-address', { value: address }), { cause });
    throw cause;
  }
}
