import type { Clock } from '../../time/clock.ts';
import type { SocketDialect, SocketNews } from './socket-dialect.ts';

/** Markets in one subscription: Binance takes 200. */
const MARKETS_PER_REQUEST = 200;
/** Between two requests: Binance ends a connection on which more than five messages a second come. */
const PACE_MS = 300;
/** A request for one market that has no answer by then is left: the market may yet speak. */
const LONGEST_ANSWER_MS = 5_000;

export type SubscriptionOptions = {
  readonly dialect: Pick<SocketDialect, 'subscribe'>;
  /** Markets by the exchange's own names. */
  readonly names: readonly string[];
  /** Asks for one market at a time from the start: the exchange ended the last connection for one of them. */
  readonly isCautious: boolean;
  readonly send: (message: object) => void;
  readonly networkClock: Clock;
  readonly signal: AbortSignal;
  readonly onConfirmed: (name: string) => void;
  /** A market is not followed, and why; null when the exchange does not say which. */
  readonly onRefused: (name: string | null, reason: string) => void;
};

/** Subscribes to markets, and finds out which of them the exchange refuses. */
export type Subscription = {
  start(): void;
  hear(news: SocketNews): void;
};

/**
 * All markets are asked for at once. Where the exchange refuses a request without naming the market, those that it has not
 * confirmed are asked for one by one, so that the others are followed and the refused one is known.
 */
export function createSubscription(options: SubscriptionOptions): Subscription {
  const { dialect, names, send, networkClock, signal, onConfirmed, onRefused } = options;
  const open = new Set(names);
  const requests = new Map<number, readonly string[]>();
  let requestId = 0;
  /** The one market that is asked for, and what wakes who waits for the answer. */
  let asking: { readonly name: string; readonly answered: AbortController } | null = null;
  let isGoingThrough = false;

  const request = (markets: readonly string[]): void => {
    requestId += 1;
    requests.set(requestId, markets);
    send(dialect.subscribe(markets, requestId));
  };

  const settle = (name: string): boolean => {
    if (asking?.name === name) asking.answered.abort();
    return open.delete(name);
  };

  const confirm = (name: string): void => {
    if (settle(name)) onConfirmed(name);
  };

  const refuse = (name: string, reason: string): void => {
    if (settle(name)) onRefused(name, reason);
  };

  const goThrough = async (): Promise<void> => {
    if (isGoingThrough) return;
    isGoingThrough = true;
    try {
      for (const name of [...open]) {
        await networkClock.sleep(PACE_MS, signal);
        if (!open.has(name)) continue;
        const answered = new AbortController();
        asking = { name, answered };
        request([name]);
        await networkClock
          .sleep(LONGEST_ANSWER_MS, AbortSignal.any([signal, answered.signal]))
          .catch(() => signal.throwIfAborted()); // answered: go on with the next
      }
    } finally {
      asking = null;
      isGoingThrough = false;
    }
  };
  const startGoingThrough = (): void => {
    goThrough().catch(() => undefined); // the connection ended
  };

  return {
    start() {
      if (options.isCautious) startGoingThrough();
      else {
        for (let start = 0; start < names.length; start += MARKETS_PER_REQUEST) {
          request(names.slice(start, start + MARKETS_PER_REQUEST));
        }
      }
    },
    hear({ trades = [], confirmed = [], confirmedRequest, refusal }) {
      for (const { name } of trades) confirm(name);
      for (const name of confirmed) confirm(name);
      if (confirmedRequest !== undefined) requests.get(confirmedRequest)?.forEach(confirm);
      if (refusal === undefined) return;
      const { name, reason } = refusal;
      const [first, second] = (refusal.requestId !== null && requests.get(refusal.requestId)) || [];
      const only = second === undefined ? first : undefined;
      const refused = name ?? only ?? asking?.name;
      if (refused !== undefined) {
        refuse(refused, reason);
        return;
      }
      onRefused(null, reason);
      startGoingThrough();
    },
  };
}
