import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../../electron/monitor/time/clock.ts';
import type { Connection, SocketDialect } from './dialect.ts';
import type { TapeTrade } from './trade-tape.ts';

const BEAT_MS = 1_000;

/** `closed`: connections break and new ones are refused. `silent`: connections stay open but receive nothing. */
export type SocketFault = 'closed' | 'silent';

/** The WebSockets of all simulated exchanges: subscriptions, heartbeats and faults. */
export type ExchangeSockets = {
  upgrade(dialect: SocketDialect, request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Sends a trade to all subscribers of its market, on all exchanges. */
  send(trade: TapeTrade): void;
  setFault(fault: SocketFault | null): void;
  /** Delays the snapshots that follow subscriptions, or sends the delayed ones. */
  holdSnapshots(isHeld: boolean): void;
  /** Sends a message to all clients of an exchange. */
  broadcast(dialect: SocketDialect, message: unknown): void;
  /** Terminates all connections once. */
  drop(): void;
  connections(): number;
  /** The number of connections since the start. */
  opened(): number;
  close(): void;
};

/** @param realClock for heartbeats, which come in real time */
export function createExchangeSockets(realClock: Clock): ExchangeSockets {
  // Pongs are sent below, but not by a silent exchange.
  const server = new WebSocketServer({ noServer: true, autoPong: false });
  const open = new Map<WebSocket, { readonly dialect: SocketDialect; readonly connection: Connection }>();
  const closing = new AbortController();
  let fault: SocketFault | null = null;
  let unsent: TapeTrade[] = [];
  let beats = 0;
  let openedCount = 0;
  let isHeld = false;
  let delayed: (() => void)[] = [];

  const beat = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      await realClock.sleep(BEAT_MS, closing.signal);
      beats += 1;
      for (const { dialect, connection } of open.values()) dialect.beat(connection, beats);
    }
  };
  beat().catch(() => undefined); // the server was closed

  const accept = (dialect: SocketDialect, socket: WebSocket): void => {
    let counted = 0;
    openedCount += 1;
    let lastSentAt = beats;
    const connection: Connection = {
      followed: new Set(),
      channels: new Set(),
      send(message) {
        lastSentAt = beats;
        if (fault !== 'silent' && socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
      },
      sendAfterSubscribe(send) {
        if (isHeld || fault === 'silent') delayed.push(send);
        else send();
      },
      count: () => counted++,
      quietBeats: () => beats - lastSentAt,
      end: () => socket.terminate(),
    };
    open.set(socket, { dialect, connection });
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => socket.terminate());
    socket.on('message', (data) => dialect.received(connection, parseJson(data.toString())));
    socket.on('ping', (data) => {
      if (fault !== 'silent') socket.pong(data);
    });
    dialect.opened(connection);
  };

  /** Sends the trades of one turn of the event loop together. */
  const sendTrades = (): void => {
    const trades = unsent;
    unsent = [];
    for (const { dialect, connection } of open.values()) {
      const followed = trades.filter(({ pair }) => connection.followed.has(pair));
      if (followed.length > 0) dialect.traded(connection, followed);
    }
  };

  const drop = (): void => {
    for (const socket of server.clients) socket.terminate();
  };

  const sendDelayed = (): void => {
    if (isHeld || fault === 'silent') return;
    const ready = delayed;
    delayed = [];
    for (const send of ready) send();
  };

  return {
    upgrade(dialect, request, socket, head) {
      if (fault === 'closed') socket.destroy();
      else server.handleUpgrade(request, socket, head, (opened) => accept(dialect, opened));
    },
    send(trade) {
      if (unsent.length === 0) setImmediate(sendTrades);
      unsent.push(trade);
    },
    setFault(next) {
      sendTrades(); // earlier trades are sent first
      fault = next;
      if (next === 'closed') drop();
      sendDelayed();
    },
    holdSnapshots(next) {
      isHeld = next;
      sendDelayed();
    },
    broadcast(target, message) {
      for (const { dialect, connection } of open.values()) {
        if (dialect === target) connection.send(message);
      }
    },
    drop,
    connections: () => server.clients.size,
    opened: () => openedCount,
    close() {
      closing.abort();
      drop();
      server.close();
    },
  };
}

/** Parses JSON; undefined for anything else, which no exchange accepts as a request. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
