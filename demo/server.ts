import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Clock } from '../electron/monitor/time/clock.ts';
import type { DemoCoin } from './coins.ts';
import { CONTROL_PREFIX, control } from './control.ts';
import { HttpError } from './endpoints/query.ts';
import { createDemoExchange, type DemoExchange, type ExchangeRoute } from './exchange/demo-exchange.ts';
import { createFaultBook, type FaultRule } from './faults.ts';
import { createLedger, type RecordedRequest, type ServedPrice } from './ledger.ts';
import { createMarket, type Market } from './market.ts';
import { createQuoteBoard, type ScriptedPrice } from './quote-board.ts';
import { type Route, routeOf } from './routes.ts';
import { type Reply, send } from './send.ts';

export type DemoServerOptions = {
  readonly clock: Clock;
  /** Determines the market: the same seed produces the same market. */
  readonly seed: string;
  /** How often each coin's price is updated, in ms of the clock's time, as whole seconds; 10 s by default. */
  readonly stepMs?: number;
  /** A free port when absent. */
  readonly port?: number;
  readonly coins?: readonly DemoCoin[];
  /** Average number of sudden moves per coin and day. */
  readonly jumpsPerDay?: number;
  /**
   * Records requests and prices for `requests` and `served`. The record grows without bound, so it is not for
   * long-running servers.
   */
  readonly record?: boolean;
  /** How often each market of the exchanges trades by itself, in ms of the clock's time; never when absent. */
  readonly tradeEveryMs?: number;
  /** Called when a response of `/simple/price` is about to be written, for measurements. */
  readonly onServing?: () => void;
  /** Opens `/__control/` to other processes of this machine. */
  readonly control?: boolean;
};

export type DemoServer = {
  /** `http://127.0.0.1:<port>`, which works as a base URL with and without `/api/v3` after it. */
  readonly url: string;
  readonly market: Market;
  /** Base URL of the simulated exchanges, `http://127.0.0.1:<port>/exchange`, with a path segment for each. */
  readonly exchangeUrl: string;
  readonly exchange: DemoExchange;
  /** Replaces the market's price until it is replaced again or set to null. */
  setPrice(coinId: string, scripted: ScriptedPrice | null): void;
  /** Freezes the market's time at an instant; null resumes it. */
  freeze(at: number | null): void;
  setFault(rule: FaultRule): void;
  clearFaults(): void;
  /** Every valid price served by `/simple/price`, in order. */
  served(): readonly ServedPrice[];
  /** Every request except control requests. */
  requests(): readonly RecordedRequest[];
  /** Closes all connections, including those that a fault keeps hanging. */
  close(): Promise<void>;
};

const DEFAULT_STEP_MS = 10_000;

/**
 * Serves a simulated market on 127.0.0.1 in CoinGecko's format; every response has the header `x-simulated-market:
 * 1`.
 */
export async function startDemoServer(options: DemoServerOptions): Promise<DemoServer> {
  const { clock, stepMs = DEFAULT_STEP_MS } = options;
  if (!Number.isInteger(stepMs / 1_000) || stepMs <= 0) {
    throw new RangeError(`stepMs must be whole seconds, not ${stepMs} ms`);
  }
  const market = createMarket(options);
  const board = createQuoteBoard({ market, now: clock.now, stepMs });
  const faults = createFaultBook();
  const ledger = createLedger(options.record ?? false);
  const closing = new AbortController();
  const { exchange, ...exchangeParts } = createDemoExchange({
    market,
    board,
    clock,
    tradeEveryMs: options.tradeEveryMs ?? null,
  });

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = URL.parse(`http://127.0.0.1${request.url}`) ?? new URL('http://127.0.0.1/');
    response.setHeader('x-simulated-market', '1');
    response.setHeader('date', new Date(clock.now()).toUTCString());
    if (options.control === true && url.pathname.startsWith(CONTROL_PREFIX)) {
      const reply = await control(request, url.pathname, { board, faults, ledger });
      await send(response, reply, null, clock.now(), closing.signal);
      return;
    }
    const route = request.method === 'GET' ? (exchangeParts.routeOf(url) ?? routeOf(url)) : null;
    const endpoint = route?.endpoint ?? null;
    ledger.request({ at: clock.now(), endpoint, url: url.pathname + url.search, headers: request.headers });
    const fault = endpoint === null ? null : faults.take(endpoint);
    const reply = replyOf(route);
    if (endpoint === '/simple/price') options.onServing?.();
    const sent = await send(response, reply, fault, clock.now(), closing.signal);
    if (endpoint === '/simple/price' && sent.status === 200) {
      const currencies = (url.searchParams.get('vs_currencies') ?? '').split(',');
      const keep = (): void => ledger.prices(sent.body, currencies);
      if (response.writableFinished) keep();
      else response.once('finish', keep);
    }
  };

  const replyOf = (route: Route | ExchangeRoute | null): Reply => {
    if (route === null)
      return { status: 404, body: { error: 'Incorrect path. Please check the documentation.' } };
    try {
      return { status: 200, body: route.reply(market, board) };
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      return { status: error.status, body: error.body };
    }
  };

  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) => {
      if (closing.signal.aborted) return;
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(`The simulated market failed: ${String(error)}`);
    });
  });
  server.on('upgrade', exchangeParts.upgrade);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');

  return {
    url: `http://127.0.0.1:${address.port}`,
    market,
    exchangeUrl: `http://127.0.0.1:${address.port}/exchange`,
    exchange,
    setPrice: board.setPrice,
    freeze: board.freeze,
    setFault: faults.set,
    clearFaults: faults.clear,
    served: ledger.served,
    requests: ledger.requests,
    async close() {
      closing.abort();
      exchangeParts.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
