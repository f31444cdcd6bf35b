import { message } from '../../../../shared/messages/message.ts';
import type { Clock } from '../../time/clock.ts';
import { FeedError } from '../price-source.ts';
import type { CcxtExchange, CcxtSocket } from './ccxt-exchange.ts';

/**
 * Receives the messages of the exchange's sockets in place of ccxt, and returns a function that restores ccxt's
 * handlers. ccxt renames markets, does not distinguish a snapshot from new trades, and closes the connection of all
 * markets when one has an error.
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
      listener.onEnd(new FeedError('unreachable', message('exchange.closed')));
    },
  } satisfies Partial<CcxtExchange>);
  return () => Object.assign(exchange, { handleMessage, onConnected, onError, onClose });
}

/** Resolves when nothing has been received for `silentAfterMs`; rejects when the signal aborts. */
export async function untilSilent(
  lastActivityAt: () => number,
  silentAfterMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const left = lastActivityAt() + silentAfterMs - clock.now();
    if (left <= 0) return;
    await clock.sleep(left, signal);
  }
}

/** Closes all connections immediately. */
export async function closeSockets(exchange: CcxtExchange): Promise<void> {
  const sockets = Object.values(exchange.clients) as readonly { connection?: { terminate?(): void } }[];
  // A closing handshake with a silent peer would take half a minute.
  for (const { connection } of sockets) connection?.terminate?.();
  await exchange.close().catch(() => undefined); // it only reports that they are closed
}
