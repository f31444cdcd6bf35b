import { afterEach, describe, expect, it } from 'vitest';
import { type AddressInfo, type WebSocket as ServerSocket, WebSocketServer } from 'ws';
import type { EventMessage } from '../../shared/contract/events.ts';
import type { Request } from '../../shared/contract/wire.ts';
import { openWebSocketBridge, type WebSocketBridgeOptions } from './websocket-bridge.ts';

type Host = {
  readonly url: string;
  readonly sockets: Set<ServerSocket>;
  close(): Promise<void>;
};

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close();
});

/** A real WebSocket server; `response` returns its response to a request, or undefined for none. */
async function startHost(response: (request: Request) => unknown, port = 0): Promise<Host> {
  const server = new WebSocketServer({ port, host: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
  const sockets = new Set<ServerSocket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('message', (data) => {
      const reply = response(JSON.parse(String(data)));
      if (reply !== undefined) socket.send(JSON.stringify(reply));
    });
  });
  const host = {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sockets,
    close: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.terminate();
        server.close(() => resolve());
      }),
  };
  opened.push(host);
  return host;
}

function openBridge(url: string, overrides: Partial<WebSocketBridgeOptions> = {}) {
  const bridge = openWebSocketBridge({
    url,
    limits: { baseMs: 5, capMs: 20 },
    responseTimeoutMs: 10_000,
    random: () => 0,
    keyIsRefused: async () => false,
    onKeyRefused: () => {},
    ...overrides,
  });
  opened.push(bridge);
  return bridge;
}

/** Resolves when the bridge reports this connection state. */
const connectionChange = (bridge: ReturnType<typeof openBridge>, wanted: boolean): Promise<void> =>
  new Promise((resolve) => {
    const stop = bridge.onConnection((connected) => {
      if (connected !== wanted) return;
      // The first call comes before `onConnection` has returned.
      queueMicrotask(() => stop());
      resolve();
    });
  });

const echo = ({ id, input }: Request) => ({ id, ok: true, output: input });
const request = (id: number, input: unknown = {}): Request => ({ id, procedure: 'snapshot', input });

describe('the WebSocket bridge', () => {
  it('sends a request made while connecting as soon as it is connected', async () => {
    const host = await startHost(echo);
    const bridge = openBridge(host.url);
    await expect(bridge.request(request(1, 'early'))).resolves.toEqual({ id: 1, ok: true, output: 'early' });
  });

  it("returns each request's own response, for any order of arrival", async () => {
    const held: Request[] = [];
    const host = await startHost((one) => {
      held.push(one);
      if (held.length < 2) return undefined;
      for (const socket of host.sockets) {
        for (const late of held.toReversed()) socket.send(JSON.stringify(echo(late)));
      }
      return undefined;
    });
    const bridge = openBridge(host.url);
    const responses = await Promise.all([bridge.request(request(1, 'a')), bridge.request(request(2, 'b'))]);
    expect(responses).toEqual([
      { id: 1, ok: true, output: 'a' },
      { id: 2, ok: true, output: 'b' },
    ]);
  });

  it('passes on events until it is closed', async () => {
    const host = await startHost(echo);
    const bridge = openBridge(host.url);
    await connectionChange(bridge, true);
    const received: EventMessage[] = [];
    const stop = bridge.subscribe((message) => received.push(message));
    const send = (text: string): void => {
      for (const socket of host.sockets) socket.send(text);
    };
    send(JSON.stringify({ event: 'reset', payload: {} }));
    await bridge.request(request(1));
    stop();
    send(JSON.stringify({ event: 'reset', payload: {} }));
    await bridge.request(request(2));
    expect(received).toEqual([{ event: 'reset', payload: {} }]);
  });

  it('rejects pending requests when the connection breaks, and reconnects', async () => {
    const host = await startHost(({ id, input }) =>
      input === 'hang' ? undefined : echo({ id, procedure: '', input }),
    );
    const bridge = openBridge(host.url);
    await connectionChange(bridge, true);
    const pending = bridge.request(request(1, 'hang'));
    const lost = connectionChange(bridge, false);
    for (const socket of host.sockets) socket.terminate();
    await expect(pending).rejects.toMatchObject({ name: 'ApiError', code: 'unavailable' });
    await lost;
    await connectionChange(bridge, true);
    await expect(bridge.request(request(2, 'back'))).resolves.toMatchObject({ output: 'back' });
  });

  it('rejects immediately without a connection, and reconnects to a host that returns', async () => {
    const host = await startHost(echo);
    const port = Number(new URL(host.url).port);
    const bridge = openBridge(host.url, { limits: { baseMs: 30, capMs: 60 } });
    await connectionChange(bridge, true);
    const lost = connectionChange(bridge, false);
    await host.close();
    await lost;
    await expect(bridge.request(request(1))).rejects.toMatchObject({ code: 'unavailable' });
    await startHost(echo, port);
    await connectionChange(bridge, true);
    await expect(bridge.request(request(2))).resolves.toMatchObject({ ok: true });
  });

  it('treats a host that does not respond as disconnected', async () => {
    const host = await startHost(({ id, input }) =>
      input === 'hang' ? undefined : { id, ok: true, output: input },
    );
    const bridge = openBridge(host.url, { responseTimeoutMs: 20 });
    await connectionChange(bridge, true);
    const lost = connectionChange(bridge, false);
    await expect(bridge.request(request(1, 'hang'))).rejects.toMatchObject({ code: 'unavailable' });
    await lost;
    await connectionChange(bridge, true);
  });

  it('does not reconnect when the host closes it because the key is rejected', async () => {
    const host = await startHost(echo);
    const refused = Promise.withResolvers<void>();
    const bridge = openBridge(host.url, { onKeyRefused: refused.resolve });
    await connectionChange(bridge, true);
    for (const socket of host.sockets) socket.close(4401);
    await refused.promise;
    await expect(bridge.request(request(1))).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('checks whether the key is rejected when it cannot connect, and then does not retry', async () => {
    const host = await startHost(echo);
    await host.close();
    const refused = Promise.withResolvers<void>();
    openBridge(host.url, { keyIsRefused: async () => true, onKeyRefused: refused.resolve });
    await refused.promise;
  });
});
