import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { message, text } from '../../../shared/messages/message.ts';
import { SettingsError } from '../../monitor/settings/settings-error.ts';
import type { Metrics } from './metrics.ts';
import type { MetricsSettings } from './metrics-settings.ts';

export type MetricsServer = { readonly port: number; close(): Promise<void> };

type MetricsResponse = {
  readonly code: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
};

const REQUEST_TIMEOUT_MS = 10_000;
/** Longer than the interval of scrapes, which is at most a minute by default, so that one connection serves all of them. */
const KEEP_ALIVE_MS = 65_000;
/** Names of this machine, which no other host can have in DNS. */
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/;

/**
 * Serves `/metrics`, `/healthz` and `/readyz`. With a token, `/metrics` requires it; the probes reveal only whether the process
 * works, and require none.
 *
 * @param settings port 0 for a free one
 * @throws SettingsError when nothing can listen there
 */
export async function startMetricsServer(
  metrics: Metrics,
  { port, address, token }: MetricsSettings,
): Promise<MetricsServer> {
  const timeouts = {
    headersTimeout: REQUEST_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
  };
  const server = createServer(timeouts, (request, response) => {
    respond(metrics, token, request).then(
      (result) => send(response, request, result),
      () => send(response, request, { code: 500, body: 'the metrics cannot be read\n' }),
    );
  });
  server.listen(port, address);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    throw new SettingsError(message('metrics.unusable', { port, address, code }), { cause });
  }
  // From here on, an error concerns one connection, for example a lack of descriptors. The next scrape reconnects.
  server.on('error', () => undefined);
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function respond(
  metrics: Metrics,
  token: string | null,
  request: IncomingMessage,
): Promise<MetricsResponse> {
  const { method, headers } = request;
  if (method !== 'GET' && method !== 'HEAD')
    return { code: 405, body: 'only GET\n', headers: { allow: 'GET, HEAD' } };
  switch (URL.parse(request.url ?? '', 'http://localhost')?.pathname) {
    case '/healthz':
      return { code: 200, body: 'ok\n' };
    case '/readyz': {
      const reasons = metrics.unready().map((reason) => text(reason));
      return reasons.length === 0
        ? { code: 200, body: 'ready\n' }
        : { code: 503, body: `${reasons.join('\n')}\n` };
    }
    case '/metrics': {
      if (token !== null && !isSame(headers.authorization ?? '', `Bearer ${token}`))
        return {
          code: 401,
          body: 'the token of METRICS_TOKEN is needed\n',
          headers: { 'www-authenticate': 'Bearer' },
        };
      // DNS rebinding: a page in a browser on this machine, served under a name that resolves to this machine.
      if (token === null && !LOOPBACK.test(headers.host ?? '')) return { code: 403, body: 'unknown host\n' };
      const body = await metrics.registry.metrics();
      return { code: 200, body, headers: { 'content-type': metrics.registry.contentType } };
    }
    default:
      return { code: 404, body: 'not found\n' };
  }
}

function send(
  response: ServerResponse,
  { method }: IncomingMessage,
  { code, body, headers }: MetricsResponse,
): void {
  response.writeHead(code, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(method === 'HEAD' ? undefined : body);
}

/** Compares in constant time. */
function isSame(a: string, b: string): boolean {
  const digest = (of: string): Buffer => createHash('sha256').update(of).digest();
  return timingSafeEqual(digest(a), digest(b));
}
