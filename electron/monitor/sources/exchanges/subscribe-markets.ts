import type { Message } from '../../../../shared/messages/message.ts';
import type { Clock } from '../../time/clock.ts';
import type { SocketDialect, SocketEvents } from './socket-dialect.ts';

/** Markets in one subscription: Binance accepts 200. */
const MARKETS_PER_REQUEST = 200;
/** Delay between two requests: Binance closes a connection that sends more than five messages a second. */
const PACE_MS = 300;
/** Longest wait for the response to a request for one market. A later response still counts. */
const RESPONSE_TIMEOUT_MS = 5_000;

export type SubscriptionOptions = {
  readonly dialect: Pick<SocketDialect, 'subscribe'>;
  /** Markets by the exchange's own names. */
  readonly names: readonly string[];
  /**
   * Subscribes to one market at a time from the start, because the exchange closed the last connection over one of
   * them.
   */
  readonly isCautious: boolean;
  readonly send: (message: object) => void;
  readonly networkClock: Clock;
  readonly signal: AbortSignal;
  readonly onConfirmed: (name: string) => void;
  /** A subscription was rejected; `name` is null when the exchange does not say which. */
  readonly onRefused: (name: string | null, reason: Message) => void;
};

/** Subscribes to markets and finds out which of them the exchange rejects. */
export type Subscription = {
  start(): void;
  handle(events: SocketEvents): void;
};

/**
 * Subscribes to all markets at once. When the exchange rejects a request without naming the market, the unconfirmed
 * markets are requested one by one, so that the rejected one is found and the others are streamed.
 */
export function createSubscription(options: SubscriptionOptions): Subscription {
  const { dialect, names, send, networkClock, signal, onConfirmed, onRefused } = options;
  const open = new Set(names);
  const requests = new Map<number, readonly string[]>();
  let requestId = 0;
  /** The market that is being requested alone, and the controller that ends the wait for its response. */
  let pending: { readonly name: string; readonly settled: AbortController } | null = null;
  let isProbing = false;

  const request = (markets: readonly string[]): void => {
    requestId += 1;
    requests.set(requestId, markets);
    send(dialect.subscribe(markets, requestId));
  };

  const settle = (name: string): boolean => {
    if (pending?.name === name) pending.settled.abort();
    return open.delete(name);
  };

  const confirm = (name: string): void => {
    if (settle(name)) onConfirmed(name);
  };

  const refuse = (name: string, reason: Message): void => {
    if (settle(name)) onRefused(name, reason);
  };

  const probe = async (): Promise<void> => {
    if (isProbing) return;
    isProbing = true;
    try {
      for (const name of [...open]) {
        await networkClock.sleep(PACE_MS, signal);
        if (!open.has(name)) continue;
        const settled = new AbortController();
        pending = { name, settled };
        request([name]);
        await networkClock
          .sleep(RESPONSE_TIMEOUT_MS, AbortSignal.any([signal, settled.signal]))
          .catch(() => signal.throwIfAborted()); // settled: continue with the next
      }
    } finally {
      pending = null;
      isProbing = false;
    }
  };
  const startProbing = (): void => {
    probe().catch(() => undefined); // the connection ended
  };

  return {
    start() {
      if (options.isCautious) startProbing();
      else {
        for (let start = 0; start < names.length; start += MARKETS_PER_REQUEST) {
          request(names.slice(start, start + MARKETS_PER_REQUEST));
        }
      }
    },
    handle({ trades = [], confirmed = [], confirmedRequest, refusal }) {
      for (const { name } of trades) confirm(name);
      for (const name of confirmed) confirm(name);
      if (confirmedRequest !== undefined) requests.get(confirmedRequest)?.forEach(confirm);
      if (refusal === undefined) return;
      const { name, reason } = refusal;
      const [first, second] = (refusal.requestId !== null && requests.get(refusal.requestId)) || [];
      const only = second === undefined ? first : undefined;
      const refused = name ?? only ?? pending?.name;
      if (refused !== undefined) {
        refuse(refused, reason);
        return;
      }
      onRefused(null, reason);
      startProbing();
    },
  };
}
