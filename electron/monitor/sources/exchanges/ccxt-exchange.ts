import type { ExchangeId } from '../../../../shared/settings/settings.ts';
import type { RoutesTo } from '../../network/network.ts';
import { socketAgents } from '../../network/socket-agents.ts';

/** A trade in ccxt's unified form, as far as it is used. */
export type CcxtTrade = {
  readonly symbol?: string | undefined;
  readonly id?: string | undefined;
  readonly timestamp?: number | undefined;
  readonly price?: number | undefined;
  readonly amount?: number | undefined;
};

export type CcxtMarket = {
  /** The exchange's own name over HTTP. */
  readonly id: string;
  /** The exchange's own name on its WebSocket, where ccxt knows another one. */
  readonly wsId?: string | undefined;
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly spot: boolean;
  readonly active?: boolean | undefined;
};

/** A WebSocket connection of ccxt; `lastPong` is `Date.now()` of the newest answer to a ping. */
export type CcxtSocket = {
  readonly url: string;
  readonly lastPong?: number | undefined;
  /** Resolves when the connection is open. That it failed is told to `onError` and `onClose` alone. */
  connect(): Promise<unknown>;
  send(message: object): Promise<unknown>;
};

/**
 * The part of a ccxt exchange that is used: unified calls, and the handlers through which every exchange class passes
 * what its sockets say. ccxt's own types for the classes are megabytes, and leave most of this as `any`.
 */
export type CcxtExchange = {
  readonly urls: { api: Record<string, unknown> };
  readonly options: Record<string, unknown>;
  readonly has: Record<string, unknown>;
  readonly clients: Readonly<Record<string, CcxtSocket>>;
  streaming: Record<string, unknown>;
  readonly last_response_headers?: Readonly<Record<string, string>> | undefined;
  loadMarkets(reload?: boolean): Promise<Readonly<Record<string, CcxtMarket>>>;
  fetchTickers(symbols: string[]): Promise<Readonly<Record<string, { readonly last?: number | undefined }>>>;
  fetchTrades(symbol: string, since?: number, limit?: number, params?: object): Promise<readonly CcxtTrade[]>;
  fetchOHLCV(
    symbol: string,
    timeframe: string,
    since?: number,
    limit?: number,
  ): Promise<readonly (readonly (number | undefined)[])[]>;
  /** The connection to a URL, made anew after one that has ended. */
  client(url: string): CcxtSocket;
  handleMessage(socket: CcxtSocket, message: unknown): void;
  onConnected(socket: CcxtSocket): void;
  onError(socket: CcxtSocket, error: unknown): void;
  onClose(socket: CcxtSocket, event: unknown): void;
  close(cleanInstanceCache?: boolean): Promise<void>;
};

export type CcxtOptions = {
  /** Root of a server that speaks the exchange's formats, in place of the exchange's own; for the demo and tests. */
  readonly urlOverride: string | null;
  /** Longest time for a request, in real milliseconds. */
  readonly timeoutMs: number;
  /** How often a WebSocket is asked for a sign of life, in real milliseconds. */
  readonly pingEveryMs: number;
  readonly fetch: typeof globalThis.fetch;
  readonly routesTo: RoutesTo;
};

type CcxtClass = new (config: object) => unknown;

/**
 * One import for each exchange, so that each is loaded when it is first needed: ccxt's main entry takes 100 MB of memory,
 * one class about 35 and each further one about 5. The paths lead into the package because its `exports` hide the
 * classes; written like this they are found by Node, by the bundler and by the test runner alike.
 */
const CLASSES: Readonly<Record<ExchangeId, () => Promise<{ default: CcxtClass }>>> = {
  kraken: () => import('../../../../node_modules/ccxt/js/src/pro/kraken.js'),
  coinbase: () => import('../../../../node_modules/ccxt/js/src/pro/coinbase.js'),
  binance: () => import('../../../../node_modules/ccxt/js/src/pro/binance.js'),
};

/** ccxt gives up a socket after this many pings without an answer. Silence is judged by the caller, who knows heartbeats. */
const PINGS_WITHOUT_ANSWER = 1_000_000;

/** Loads ccxt's class for an exchange and makes an instance of it. */
export async function createCcxtExchange(id: ExchangeId, options: CcxtOptions): Promise<CcxtExchange> {
  const { default: Exchange } = await CLASSES[id]();
  const { ws, wss } = socketAgents(options.routesTo);
  const exchange = new Exchange({
    timeout: options.timeoutMs,
    enableRateLimit: true,
    newUpdates: false,
    fetchImplementation: withoutRedirects(options.fetch),
    // The list of currencies is a call more, for figures about deposits and withdrawals.
    has: { fetchCurrencies: false },
    streaming: { keepAlive: options.pingEveryMs, maxPingPongMisses: PINGS_WITHOUT_ANSWER },
    // Our own back-off decides when to connect again. Our few messages need no throttle: where ccxt holds one back and
    // the socket ends meanwhile, nobody catches what it throws.
    options: { ws: { backoff: { base: 0, max: 0 }, throttle: undefined }, ...OPTIONS[id] },
    // Of WebSockets: requests are made by `fetch`. Only a simulated exchange has some without TLS.
    agent: wss,
    httpAgent: ws,
  }) as CcxtExchange;
  if (options.urlOverride !== null) {
    exchange.urls.api = withOtherRoot(exchange.urls.api, `${options.urlOverride}/${id}`);
  }
  return exchange;
}

const OPTIONS: Readonly<Record<ExchangeId, object>> = {
  kraken: {},
  coinbase: {},
  binance: { fetchMarkets: { types: ['spot'] } },
};

/** ccxt passes along options of other HTTP clients, and follows redirects when it is given its own `fetch`. */
function withoutRedirects(fetch: typeof globalThis.fetch) {
  return (url: string, init: RequestInit): Promise<Response> => {
    const { method, headers, body, signal } = init;
    return fetch(url, {
      redirect: 'error',
      ...(method === undefined ? {} : { method }),
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
    });
  };
}

/** All URLs of a ccxt exchange with scheme and host replaced and the path kept. */
function withOtherRoot(api: Record<string, unknown>, root: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(api).map(([name, value]) => {
      if (typeof value === 'object' && value !== null) {
        return [name, withOtherRoot(value as Record<string, unknown>, root)];
      }
      const url = URL.parse(String(value));
      if (url === null) return [name, value];
      const path = url.pathname === '/' ? '' : url.pathname;
      return [name, (url.protocol.startsWith('ws') ? root.replace(/^http/, 'ws') : root) + path];
    }),
  );
}
