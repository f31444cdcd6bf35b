import type { ExchangeId } from '../../../../shared/settings/settings.ts';
import type { RoutesTo } from '../../network/network.ts';
import { socketAgents } from '../../network/socket-agents.ts';

/** A trade in ccxt's unified form; only the fields that are used. */
export type CcxtTrade = {
  readonly symbol?: string | undefined;
  readonly id?: string | undefined;
  readonly timestamp?: number | undefined;
  readonly price?: number | undefined;
  readonly amount?: number | undefined;
};

export type CcxtMarket = {
  /** The exchange's name of the market in its HTTP API. */
  readonly id: string;
  /** The exchange's name of the market on its WebSocket, if it differs. */
  readonly wsId?: string | undefined;
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly spot: boolean;
  readonly active?: boolean | undefined;
};

/** A WebSocket connection of ccxt; `lastPong` is the `Date.now()` of the newest pong. */
export type CcxtSocket = {
  readonly url: string;
  readonly lastPong?: number | undefined;
  /** Resolves when the connection is open. Failures are reported only through `onError` and `onClose`. */
  connect(): Promise<unknown>;
  send(message: object): Promise<unknown>;
};

/**
 * The subset of a ccxt exchange that is used: unified calls, and the handlers through which every exchange class
 * passes its socket events. ccxt's own types for the classes are megabytes large and type most of this as `any`.
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
  /** The connection to a URL; a new one if the last has ended. */
  client(url: string): CcxtSocket;
  handleMessage(socket: CcxtSocket, message: unknown): void;
  onConnected(socket: CcxtSocket): void;
  onError(socket: CcxtSocket, error: unknown): void;
  onClose(socket: CcxtSocket, event: unknown): void;
  close(cleanInstanceCache?: boolean): Promise<void>;
};

export type CcxtOptions = {
  /** Base URL of a server that speaks the exchange's formats, used instead of the exchange; for the demo and tests. */
  readonly urlOverride: string | null;
  /** Request timeout, in real milliseconds. */
  readonly timeoutMs: number;
  /** Interval of WebSocket pings, in real milliseconds. */
  readonly pingEveryMs: number;
  readonly fetch: typeof globalThis.fetch;
  readonly routesTo: RoutesTo;
};

type CcxtClass = new (config: object) => unknown;

/**
 * One dynamic import per exchange, so that each class is loaded when it is first needed: ccxt's main entry takes 100
 * MB of memory, one class about 35 and each further one about 5. The paths point into the package because its
 * `exports` hide the classes; in this form Node, the bundler and the test runner all resolve them.
 */
const CLASSES: Readonly<Record<ExchangeId, () => Promise<{ default: CcxtClass }>>> = {
  kraken: () => import('../../../../node_modules/ccxt/js/src/pro/kraken.js'),
  coinbase: () => import('../../../../node_modules/ccxt/js/src/pro/coinbase.js'),
  binance: () => import('../../../../node_modules/ccxt/js/src/pro/binance.js'),
};

/**
 * Effectively disables ccxt's own check for missed pongs: the caller decides when a connection is silent, because it
 * also counts heartbeats.
 */
const MAX_MISSED_PONGS = 1_000_000;

/** Loads ccxt's class for an exchange and creates an instance. */
export async function createCcxtExchange(id: ExchangeId, options: CcxtOptions): Promise<CcxtExchange> {
  const { default: Exchange } = await CLASSES[id]();
  const { ws, wss } = socketAgents(options.routesTo);
  const exchange = new Exchange({
    timeout: options.timeoutMs,
    enableRateLimit: true,
    newUpdates: false,
    fetchImplementation: withoutRedirects(options.fetch),
    // The list of currencies costs another request and holds only deposit and withdrawal figures.
    has: { fetchCurrencies: false },
    streaming: { keepAlive: options.pingEveryMs, maxPingPongMisses: MAX_MISSED_PONGS },
    // The caller's back-off decides when to reconnect. Our few messages need no throttle, and ccxt's throttle throws
    // an uncaught error when the socket ends while it delays a message.
    options: { ws: { backoff: { base: 0, max: 0 }, throttle: undefined }, ...OPTIONS[id] },
    // Agents for WebSockets; HTTP requests go through `fetch`. Only a simulated exchange uses WebSockets without TLS.
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

/**
 * ccxt passes options of other HTTP clients, and follows redirects when it is given a `fetch`. Keep only the standard
 * options, and refuse redirects.
 */
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

/** Replaces the scheme and host of all URLs of a ccxt exchange and keeps the paths. */
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
