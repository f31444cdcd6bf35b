import { connect, type Socket } from 'node:net';
import { createServer } from 'node:tls';
import { listen } from './proxy.ts';
import { SELF_SIGNED } from './self-signed.ts';

export type TlsFront = {
  /** The server's URL with TLS: `https://localhost:…` and its path. */
  readonly url: string;
  close(): Promise<void>;
};

/** Starts a TLS proxy, with the self-signed certificate, in front of a plain server. */
export async function startTlsFront(plainUrl: string): Promise<TlsFront> {
  const { port, pathname } = new URL(plainUrl);
  const sockets = new Set<Socket>();
  const server = createServer(SELF_SIGNED, (client) => {
    const target = connect(Number(port), '127.0.0.1');
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        client.destroy();
        target.destroy();
      });
    }
    target.pipe(client);
    client.pipe(target);
  });
  const host = `localhost:${await listen(server)}`;
  return {
    url: `https://${host}${pathname}`,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
