import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Clock } from '../electron/monitor/time/clock.ts';
import { AnswerError } from './answers/query.ts';
import type { DemoCoin } from './coins.ts';
import { CONTROL_PREFIX, control } from './control.ts';
import { createDemoExchange, type DemoExchange, type ExchangeRoute } from './exchange/demo-exchange.ts';
import { createFaultBook, type FaultRule } from './faults.ts';
import { createLedger, type RecordedRequest, type ServedPrice } from './ledger.ts';
import { createMarket, type Market } from './market.ts';
import { createQuoteBoard, type ScriptedPrice } from './quote-board.ts';
import { type Route, routeOf } from './routes.ts';
import { type Answer, send } from './send.ts';

export type DemoServerOptions = {
  readonly clock: Clock;
  /** Names the market: the same seed is the same market. */
  readonly seed: string;
  /** How often each coin's price is renewed, in whole seconds of the clock's time. 10 s when absent. */
  readonly stepMs?: number;
  /** A free port when absent. */
  readonly port?: number;
  readonly coins?: readonly DemoCoin[];
  /** Sudden moves of each coin, on average. */
  readonly jumpsPerDay?: number;
  /** Keeps what was asked and served, for `requests` and `served`. It only grows: not for a server that stays. */
  readonly record?: boolean;
  /** How often each market of the exchanges trades, in ms of the clock's time. Never by itself when absent. */
  readonly tradeEveryMs?: number;
  /** Called when an answer of `/simple/price` was written to its end, for those who measure what follows. */
  readonly onServed?: () => void;
  /** Opens `/__control/` to other processes of this machine. */
  readonly control?: boolean;
};

export type DemoServer = {
  /** `http://127.0.0.1:<port>`, which works as a base URL with and without `/api/v3` after it. */
  readonly url: string;
  readonly market: Market;
  /** Root of the simulated exchanges: `http://127.0.0.1:<port>/exchange`, with a folder for each below it. */
  readonly exchangeUrl: string;
  readonly exchange: DemoExchange;
  /** Puts a price in place of the market's, until it is set again or to null. */
  setPrice(coinId: string, scripted: ScriptedPrice | null): void;
  /** Stops the market's time at an instant; null lets it run with the clock again. */
  freeze(at: number | null): void;
  setFault(rule: FaultRule): void;
  clearFaults(): void;
  /** Every usable price in an answer of `/simple/price`, in the order of the answers. */
  served(): readonly ServedPrice[];
  /** Every request but those for control. */
  requests(): readonly RecordedRequest[];
  /** Ends all connections, also those that a fault keeps hanging. */
  close(): Promise<void>;
};

const DEFAULT_STEP_MS = 10_000;

/** Serves a simulated market on 127.0.0.1 in CoinGecko's format; every answer says `x-simulated-market: 1`. */
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
      const answer = await control(request, url.pathname, { board, faults, ledger });
      await send(response, answer, null, clock.now(), closing.signal);
      return;
    }
    const route = request.method === 'GET' ? (exchangeParts.routeOf(url) ?? routeOf(url)) : null;
    const endpoint = route?.endpoint ?? null;
    ledger.request({ at: clock.now(), endpoint, url: url.pathname + url.search, headers: request.headers });
    const fault = endpoint === null ? null : faults.take(endpoint);
    const sent = await send(response, answerOf(route), fault, clock.now(), closing.signal);
    if (endpoint === '/simple/price' && sent.status === 200) {
      const currencies = (url.searchParams.get('vs_currencies') ?? '').split(',');
      const keep = (): void => {
        ledger.prices(sent.body, currencies);
        options.onServed?.();
      };
      if (response.writableFinished) keep();
      else response.once('finish', keep);
    }
  };

  const answerOf = (route: Route | ExchangeRoute | null): Answer => {
    if (route === null)
      return { status: 404, body: { error: 'Incorrect path. Please check the documentation.' } };
    try {
      return { status: 200, body: route.answer(market, board) };
    } catch (error) {
      if (!(error instanceof AnswerError)) throw error;
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
