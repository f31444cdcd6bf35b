import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import kinesalite from 'kinesalite';

/**
 * Keeps the connections of a server in the test's own process open while they are idle. By default, Node closes them after five seconds:
 * where a busy machine holds the process up for that long, a request has just been sent over one of them, and fails.
 */
export function keepIdleConnections(server: Server): void {
  server.keepAliveTimeout = 0;
}

/** Starts a Kinesis in memory on 127.0.0.1. */
export async function startKinesis() {
  const server = kinesalite({ createStreamMs: 0 });
  keepIdleConnections(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
