import { connect, createServer, type Server, type Socket } from 'node:net';
import { listen, type RecordingProxy } from './proxy.ts';

const VERSION = 5;
const NAME = 3;

/** A SOCKS5 proxy without authentication, for targets with domain names (RFC 1928). Records the targets. */
export async function startSocksProxy(): Promise<RecordingProxy> {
  const passed: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    sockets.add(client);
    client.on('error', () => client.destroy());
    client.once('data', () => {
      client.write(Uint8Array.of(VERSION, 0));
      client.once('data', (request) => {
        const length = request.readUInt8(4);
        const host = request.toString('latin1', 5, 5 + length);
        const port = request.readUInt16BE(5 + length);
        if (request.readUInt8(3) !== NAME) throw new Error('the target is not named by text');
        passed.push(`${host}:${port}`);
        const target = connect(port, host, () => {
          client.write(Uint8Array.of(VERSION, 0, 0, 1, 0, 0, 0, 0, 0, 0));
          target.pipe(client);
          client.pipe(target);
        });
        sockets.add(target);
        target.on('error', () => client.destroy());
      });
    });
  });
  return {
    url: `socks5://127.0.0.1:${await listen(server)}`,
    passed,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
