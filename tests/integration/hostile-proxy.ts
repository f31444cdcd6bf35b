import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { SeededRandom } from './seeded-random.ts';

export type HostileProxy = {
  /** Including a user and `password`. */
  readonly url: string;
  readonly password: string;
  /** The targets of all tunnels that were requested, as `host:port`. */
  requested(): readonly string[];
  close(): Promise<void>;
};

const PASSWORD = 'Planted-Proxy-Word';

/** Responses in place of an open tunnel. The last two continue until the client gives up. */
const FAULTS: readonly ((socket: Socket) => void)[] = [
  (socket) => void socket.end('HTTP/1.1 407 Who are you\r\nproxy-authenticate: Basic\r\n\r\n'),
  (socket) => void socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 3\r\n\r\nbad'),
  (socket) => void socket.end('HTTP/1.1 307 There\r\nlocation: https://127.0.0.1/\r\n\r\n'),
  (socket) => void socket.end(`HTTP/1.1 403 ${PASSWORD}\r\n\r\n${PASSWORD}`),
  (socket) => void socket.end('SSH-2.0-OpenSSH_9.9\r\n'),
  (socket) => void socket.end('HTTP/1.1 200 Connection established\r\n\r\nno TLS\r\n'),
  (socket) => void socket.resetAndDestroy(),
  (socket) => void socket.write('HTTP/1.1 200 Connection established\r\n\r\n'),
  () => undefined,
];

/** Starts a proxy that resolves one name to this machine and misbehaves for all others. It never connects to anything else. */
export async function startHostileProxy({
  random,
  leadsTo,
}: {
  readonly random: SeededRandom;
  readonly leadsTo: string;
}): Promise<HostileProxy> {
  const requested: string[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
  };
  const server = createServer((_, response) => response.writeHead(400).end());
  server.on('connection', keep);
  server.on('connect', ({ url = '' }: IncomingMessage, client: Socket) => {
    requested.push(url);
    const [host, port] = url.split(':');
    if (host !== leadsTo) {
      random.pick(FAULTS)(client);
      return;
    }
    const target = keep(connect(Number(port), '127.0.0.1'));
    target.once('connect', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.pipe(client).pipe(target);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://me:${PASSWORD}@127.0.0.1:${(server.address() as AddressInfo).port}`,
    password: PASSWORD,
    requested: () => requested,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}
