import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../../electron/monitor/time/clock.ts';
import type { Connection, SocketDialect } from './dialect.ts';
import type { TapeTrade } from './trade-tape.ts';

const BEAT_MS = 1_000;

/** `closed`: connections break and no new one is taken. `silent`: they stay, and nothing comes. */
export type SocketFault = 'closed' | 'silent';

/** The WebSockets of all simulated exchanges: who follows what, heartbeats, and what can go wrong. */
export type ExchangeSockets = {
  upgrade(dialect: SocketDialect, request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Tells a trade to all who follow its market, on whichever exchange. */
  send(trade: TapeTrade): void;
  setFault(fault: SocketFault | null): void;
  /** Holds back the snapshots that answer subscriptions, or tells those that were held back. */
  holdSnapshots(isHeld: boolean): void;
  /** Says something to all who are connected to an exchange. */
  tell(dialect: SocketDialect, message: unknown): void;
  /** Breaks all connections once. */
  drop(): void;
  connections(): number;
  /** Connections that were ever made. */
  opened(): number;
  close(): void;
};

/** @param realClock for heartbeats, which come in real time */
export function createExchangeSockets(realClock: Clock): ExchangeSockets {
  // Pings are answered below, and are not by one that is silent.
  const server = new WebSocketServer({ noServer: true, autoPong: false });
  const open = new Map<WebSocket, { readonly dialect: SocketDialect; readonly connection: Connection }>();
  const closing = new AbortController();
  let fault: SocketFault | null = null;
  let untold: TapeTrade[] = [];
  let beats = 0;
  let made = 0;
  let isHeld = false;
  let late: (() => void)[] = [];

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
    made += 1;
    let saidAt = beats;
    const connection: Connection = {
      followed: new Set(),
      channels: new Set(),
      say(message) {
        saidAt = beats;
        if (fault !== 'silent' && socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
      },
      sayLate(say) {
        if (isHeld || fault === 'silent') late.push(say);
        else say();
      },
      count: () => counted++,
      quietBeats: () => beats - saidAt,
      end: () => socket.terminate(),
    };
    open.set(socket, { dialect, connection });
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => socket.terminate());
    socket.on('message', (data) => dialect.heard(connection, parseJson(data.toString())));
    socket.on('ping', (data) => {
      if (fault !== 'silent') socket.pong(data);
    });
    dialect.opened(connection);
  };

  /** What is traded in one turn of the event loop is told together. */
  const tell = (): void => {
    const trades = untold;
    untold = [];
    for (const { dialect, connection } of open.values()) {
      const followed = trades.filter(({ pair }) => connection.followed.has(pair));
      if (followed.length > 0) dialect.traded(connection, followed);
    }
  };

  const drop = (): void => {
    for (const socket of server.clients) socket.terminate();
  };

  const tellLate = (): void => {
    if (isHeld || fault === 'silent') return;
    const ready = late;
    late = [];
    for (const say of ready) say();
  };

  return {
    upgrade(dialect, request, socket, head) {
      if (fault === 'closed') socket.destroy();
      else server.handleUpgrade(request, socket, head, (opened) => accept(dialect, opened));
    },
    send(trade) {
      if (untold.length === 0) setImmediate(tell);
      untold.push(trade);
    },
    setFault(next) {
      tell(); // what was traded before is told before
      fault = next;
      if (next === 'closed') drop();
      tellLate();
    },
    holdSnapshots(next) {
      isHeld = next;
      tellLate();
    },
    tell(wanted, message) {
      for (const { dialect, connection } of open.values()) {
        if (dialect === wanted) connection.say(message);
      }
    },
    drop,
    connections: () => server.clients.size,
    opened: () => made,
    close() {
      closing.abort();
      drop();
      server.close();
    },
  };
}

/** What is not JSON is undefined, which is no request of any exchange. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
