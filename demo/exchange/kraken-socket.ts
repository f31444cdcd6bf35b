import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import type { Clock } from '../../electron/monitor/clock.ts';
import type { KrakenPair } from './kraken-pairs.ts';
import type { TapeTrade, TradeTape } from './trade-tape.ts';

const HEARTBEAT_MS = 1_000;
const SNAPSHOT_TRADES = 50;

/** `closed`: connections break and no new one is taken. `silent`: they stay, and nothing comes. */
export type SocketFault = 'closed' | 'silent';

const requestSchema = z.object({
  method: z.string(),
  req_id: z.number().optional(),
  params: z.object({ channel: z.string(), symbol: z.array(z.string()) }).optional(),
});

/** The WebSocket of the simulated exchange: Kraken's second version, channel `trade`. */
export type KrakenSocket = {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  send(trade: TapeTrade): void;
  setFault(fault: SocketFault | null): void;
  /** Breaks all connections once. */
  drop(): void;
  connections(): number;
  close(): void;
};

/** In the form of docs.kraken.com, "Spot WebSocket v2". `realClock` is for heartbeats, which come in real time. */
export function createKrakenSocket(options: {
  readonly pairs: readonly KrakenPair[];
  readonly newest: TradeTape['newest'];
  readonly realClock: Clock;
}): KrakenSocket {
  const { pairs, newest, realClock } = options;
  const server = new WebSocketServer({ noServer: true });
  const subscribed = new Map<WebSocket, Set<string>>();
  const closing = new AbortController();
  let fault: SocketFault | null = null;

  const say = (socket: WebSocket, message: unknown): void => {
    if (fault !== 'silent') socket.send(JSON.stringify(message));
  };

  const beat = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      await realClock.sleep(HEARTBEAT_MS, closing.signal);
      for (const [socket, symbols] of subscribed) if (symbols.size > 0) say(socket, { channel: 'heartbeat' });
    }
  };
  beat().catch(() => undefined); // the server was closed

  const subscribe = (socket: WebSocket, symbol: string, req_id: number | undefined): void => {
    const time = new Date(realClock.now()).toISOString();
    const common = { method: 'subscribe', req_id, time_in: time, time_out: time };
    const pair = pairs.find((one) => one.symbol === symbol);
    if (pair === undefined) {
      say(socket, { ...common, error: `Currency pair not supported ${symbol}`, success: false, symbol });
      return;
    }
    subscribed.get(socket)?.add(symbol);
    say(socket, { ...common, result: { channel: 'trade', snapshot: true, symbol }, success: true });
    const data = newest(pair, SNAPSHOT_TRADES).map(tradeMessage);
    if (data.length > 0) say(socket, { channel: 'trade', type: 'snapshot', data });
  };

  const hear = (socket: WebSocket, text: string): void => {
    const request = requestSchema.safeParse(JSON.parse(text)).data;
    if (request?.method === 'ping') say(socket, { method: 'pong', req_id: request.req_id });
    if (request?.method !== 'subscribe' || request.params?.channel !== 'trade') return;
    for (const symbol of request.params.symbol) subscribe(socket, symbol, request.req_id);
  };

  server.on('connection', (socket) => {
    subscribed.set(socket, new Set());
    socket.on('close', () => subscribed.delete(socket));
    socket.on('error', () => socket.terminate());
    socket.on('message', (data) => hear(socket, data.toString()));
    say(socket, { channel: 'status', type: 'update', data: [{ system: 'online', api_version: 'v2' }] });
  });

  const drop = (): void => {
    for (const socket of server.clients) socket.terminate();
  };

  return {
    upgrade(request, socket, head) {
      if (fault === 'closed') socket.destroy();
      else
        server.handleUpgrade(request, socket, head, (opened) => server.emit('connection', opened, request));
    },
    send(trade) {
      const message = { channel: 'trade', type: 'update', data: [tradeMessage(trade)] };
      for (const [socket, symbols] of subscribed) if (symbols.has(trade.pair.symbol)) say(socket, message);
    },
    setFault(next) {
      fault = next;
      if (next === 'closed') drop();
    },
    drop,
    connections: () => server.clients.size,
    close() {
      closing.abort();
      drop();
      server.close();
    },
  };
}

function tradeMessage({ pair, id, at, price, amount }: TapeTrade) {
  return {
    symbol: pair.symbol,
    side: 'buy',
    price,
    qty: amount,
    ord_type: 'market',
    trade_id: id,
    timestamp: new Date(at).toISOString(),
  };
}
