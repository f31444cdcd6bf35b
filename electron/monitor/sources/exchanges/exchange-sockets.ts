import type { Clock } from '../../time/clock.ts';
import { FeedError } from '../price-source.ts';
import type { CcxtExchange, CcxtSocket } from './ccxt-exchange.ts';

/**
 * Takes the messages of the exchange's sockets in ccxt's place. ccxt renames markets, does not tell a snapshot from news,
 * and ends the connection of all markets for the error of one.
 */
export function listenToSockets(
  exchange: CcxtExchange,
  listener: { onMessage(message: unknown): void; onConnected(): void; onEnd(error: unknown): void },
): () => void {
  const { handleMessage, onConnected, onError, onClose } = exchange;
  Object.assign(exchange, {
    handleMessage(_socket: CcxtSocket, message: unknown) {
      listener.onMessage(message);
    },
    onConnected(socket: CcxtSocket) {
      onConnected.call(exchange, socket);
      listener.onConnected();
    },
    onError(socket: CcxtSocket, error: unknown) {
      onError.call(exchange, socket, error);
      listener.onEnd(error);
    },
    onClose(socket: CcxtSocket, event: unknown) {
      onClose.call(exchange, socket, event);
      listener.onEnd(new FeedError('unreachable', 'the exchange closed the connection'));
    },
  } satisfies Partial<CcxtExchange>);
  return () => Object.assign(exchange, { handleMessage, onConnected, onError, onClose });
}

/** Resolves when nothing was heard for `silentAfterMs`; rejects when the signal aborts. */
export async function untilSilent(
  heardAt: () => number,
  silentAfterMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const left = heardAt() + silentAfterMs - clock.now();
    if (left <= 0) return;
    await clock.sleep(left, signal);
  }
}

/** Ends all connections at once. */
export async function closeSockets(exchange: CcxtExchange): Promise<void> {
  const sockets = Object.values(exchange.clients) as readonly { connection?: { terminate?(): void } }[];
  // A closing handshake with a peer that is silent would take half a minute.
  for (const { connection } of sockets) connection?.terminate?.();
  await exchange.close().catch(() => undefined); // it only says that they are closed
}
