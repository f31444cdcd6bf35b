import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type Server as NetServer, type Socket } from 'node:net';
import { servicePort } from '../counterparts/service-port.ts';
import { SELF_SIGNED } from './self-signed.ts';

export type RecordingProxy = { readonly url: string; readonly passed: string[]; close(): Promise<void> };

export type ProxyOptions = {
  /** The required `user:password`; none by default. */
  readonly credentials?: string;
  /** Whether clients connect to it over TLS, with the self-signed certificate. */
  readonly isSecure?: boolean;
};

/** A typical company proxy: absolute URLs for http, CONNECT for https and WebSockets. Records the targets. */
export async function startProxy({
  credentials,
  isSecure = false,
}: ProxyOptions = {}): Promise<RecordingProxy> {
  const passed: string[] = [];
  const tunnels = new Set<Socket>();
  const wanted = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`;
  const mayPass = ({ headers }: IncomingMessage): boolean => headers['proxy-authorization'] === wanted;

  const server = isSecure ? createTlsServer(SELF_SIGNED) : createServer();
  server.on('request', (request, response) => {
    if (!mayPass(request)) {
      response.writeHead(407).end();
      return;
    }
    passed.push(`${request.method} ${request.url}`);
    const { headers, method } = request;
    const onward = httpRequest(request.url ?? '', { headers, ...(method && { method }) }, (reply) => {
      response.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(response);
    });
    onward.on('error', () => response.writeHead(502).end());
    request.pipe(onward);
  });
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    if (!mayPass(request)) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    passed.push(`CONNECT ${request.url}`);
    const [host = '', port = ''] = (request.url ?? '').split(':');
    const target = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.pipe(client);
      client.pipe(target);
    });
    for (const socket of [client, target]) {
      tunnels.add(socket);
      socket.on('error', () => socket.destroy());
    }
  });
  const url = `${isSecure ? 'https' : 'http'}://127.0.0.1:${await listen(server)}`;
  return {
    url,
    passed,
    async close() {
      for (const socket of tunnels) socket.destroy();
      await closeServer(server);
    },
  };
}

/** Listens at a port of 127.0.0.1 that the system assigns to no other process after the server is closed. */
export async function listen(server: NetServer): Promise<number> {
  const port = await servicePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return port;
}

export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
