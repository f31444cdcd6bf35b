import { type AddressInfo, createServer } from 'node:net';

/** A server that accepts requests and never responds. */
export async function startDeadServer(): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((socket) => void socket.on('error', () => socket.destroy()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    close: () => void server.close(),
  };
}

/** Environment variables that configure this server as a webhook. */
export function webhookTo(url: string): Readonly<Record<string, string>> {
  return {
    MONITOR_CHANNELS: JSON.stringify([{ id: 'dead', kind: 'webhook' }]),
    CHANNEL_DEAD_URL: url,
  };
}
