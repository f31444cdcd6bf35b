import { writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { environmentNetwork } from '../../electron/monitor/network/environment-network.ts';
import { openHttpTunnel } from '../../electron/monitor/network/http-tunnel.ts';
import type { Route, RoutesTo } from '../../electron/monitor/network/network.ts';
import {
  createExchangeClient,
  type ExchangeClient,
} from '../../electron/monitor/sources/exchanges/exchange-client.ts';
import type { TradeListener } from '../../electron/monitor/sources/exchanges/follow-trades.ts';
import { scaledClock, systemClock } from '../../electron/monitor/time/clock.ts';
import { environmentFor, openPage, startProgram, until, withFolder } from '../program.ts';
import { openExchanges } from './open-exchanges.ts';
import { listen, type RecordingProxy, startProxy } from './proxy.ts';
import { SELF_SIGNED } from './self-signed.ts';
import { startSocksProxy } from './socks-proxy.ts';
import { startTlsFront, type TlsFront } from './tls-front.ts';

const trusted = getCACertificates('default');
beforeAll(() => setDefaultCACertificates([...trusted, SELF_SIGNED.cert]));
afterAll(() => setDefaultCACertificates(trusted));

const PRICE = 54_321;

let server: DemoServer;
let front: TlsFront;
let proxy: RecordingProxy;
const opened: { close(): Promise<void> }[] = [];

/** Registers a part that is closed after the test, in reverse order. */
function closing<T extends { close(): Promise<void> }>(part: T): T {
  opened.unshift(part);
  return part;
}

beforeEach(async () => {
  server = closing(await startDemoServer({ clock: systemClock, seed: 'stream proxy' }));
  front = closing(await startTlsFront(server.exchangeUrl));
  proxy = closing(await startProxy());
});
afterEach(async () => {
  for (const part of opened.splice(0)) await part.close();
});

const hostOf = (url: string): string => new URL(url).host;
const anyRoutes =
  (...routes: readonly (Route | string)[]): RoutesTo =>
  async () =>
    routes.map((route) => (route === 'direct' ? route : new URL(route)));

function exchange(url: string, routesTo: RoutesTo): ExchangeClient {
  return closing(
    createExchangeClient({
      id: 'kraken',
      urlOverride: url,
      fetch: globalThis.fetch,
      routesTo,
      networkClock: systemClock,
    }),
  );
}

const QUIET: TradeListener = {
  onLive: () => undefined,
  onFollowed: () => undefined,
  onTrades: () => undefined,
  onRefused: () => undefined,
  onEnd: () => undefined,
};

/** Streams over one connection until a trade arrives, or returns the error. */
async function firstTrade(client: ExchangeClient): Promise<number | string> {
  const enough = new AbortController();
  let result: number | string | null = null;
  const onTrades: TradeListener['onTrades'] = (_symbol, trades) => {
    result ??= trades.find(({ price }) => price === PRICE)?.price ?? null;
  };
  const following = client
    .followTrades({ symbols: ['BTC/USD'], isCautious: false }, { ...QUIET, onTrades }, enough.signal)
    .catch((error: Error) => {
      result ??= error.message;
    });
  const found = await until(() => {
    server.exchange.trade('bitcoin', PRICE);
    return result;
  });
  enough.abort(new Error('enough'));
  await following;
  return found;
}

describe('trades', () => {
  it('are streamed through the proxy of the environment, with TLS and without', async () => {
    const { routesTo } = environmentNetwork({ HTTPS_PROXY: proxy.url, HTTP_PROXY: 'http://127.0.0.1:1' });
    expect(await firstTrade(exchange(front.url, routesTo))).toBe(PRICE);
    expect(proxy.passed).toEqual([`CONNECT ${hostOf(front.url)}`]);

    const plain = environmentNetwork({ HTTPS_PROXY: 'http://127.0.0.1:1', http_proxy: proxy.url }).routesTo;
    expect(await firstTrade(exchange(server.exchangeUrl, plain))).toBe(PRICE);
    expect(proxy.passed.slice(1)).toEqual([`CONNECT ${hostOf(server.exchangeUrl)}`]);
  });

  it('are streamed directly when NO_PROXY exempts the exchange, or without a proxy', async () => {
    const excepted = environmentNetwork({ HTTPS_PROXY: proxy.url, NO_PROXY: 'example.com,localhost' });
    expect(await firstTrade(exchange(front.url, excepted.routesTo))).toBe(PRICE);
    expect(await firstTrade(exchange(front.url, environmentNetwork({}).routesTo))).toBe(PRICE);
    expect(proxy.passed).toEqual([]);
  });

  it('are streamed through an https:// proxy', async () => {
    const secure = closing(await startProxy({ isSecure: true }));
    const { routesTo } = environmentNetwork({ HTTPS_PROXY: secure.url });
    expect(await firstTrade(exchange(front.url, routesTo))).toBe(PRICE);
    expect(secure.passed).toHaveLength(1);
  });

  it('are streamed through a SOCKS proxy, which resolves the name of the exchange', async () => {
    const socks = closing(await startSocksProxy());
    expect(await firstTrade(exchange(front.url, anyRoutes(socks.url)))).toBe(PRICE);
    expect(socks.passed).toEqual([hostOf(front.url)]);
  });

  it('are streamed through a proxy with a password, which no message reveals', async () => {
    const strict = closing(await startProxy({ credentials: 'me:p@ss word' }));
    const withUser = (password: string): string => strict.url.replace('//', `//me:${password}@`);
    const { routesTo } = environmentNetwork({ HTTPS_PROXY: withUser('p%40ss%20word') });
    expect(await firstTrade(exchange(front.url, routesTo))).toBe(PRICE);

    const refused = environmentNetwork({ HTTPS_PROXY: withUser('wrong') });
    expect(await firstTrade(exchange(front.url, refused.routesTo))).toBe(
      `cannot reach kraken: the proxy ${hostOf(strict.url)} did not connect: ` +
        'it responded with 407 Proxy Authentication Required',
    );
  });

  it('use the next route when the first fails', async () => {
    const [dead, deadSocks] = ['http://127.0.0.1:1', 'socks5://127.0.0.1:1'];
    expect(await firstTrade(exchange(front.url, anyRoutes(dead, deadSocks, proxy.url)))).toBe(PRICE);
    expect(proxy.passed).toHaveLength(1);
    expect(await firstTrade(exchange(front.url, anyRoutes(dead, 'direct')))).toBe(PRICE);
  });

  it('use another route as soon as the proxy changes', async () => {
    let current: Route = 'direct';
    const client = exchange(front.url, async () => [current]);
    expect(await firstTrade(client)).toBe(PRICE);
    expect(proxy.passed).toHaveLength(0);
    current = new URL(proxy.url);
    expect(await firstTrade(client)).toBe(PRICE);
    expect(proxy.passed).toHaveLength(1);
  });

  it('never bypass an unreachable proxy, and are streamed when it is reachable', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'info' }, { write: (line: string) => lines.push(line) });
    const proxyUrl = 'http://me:secret@127.0.0.1:1';
    let current = proxyUrl;
    const prices: number[] = [];
    const feed = openExchanges({
      clock: systemClock,
      networkClock: scaledClock(60, Date.now()),
      random: () => 0,
      log,
      fetch: globalThis.fetch,
      routesTo: async () => [new URL(current)],
      urlOverride: front.url,
      times: { accepts: () => true },
      silentAfterMs: 60_000,
      request: { coins: ['bitcoin'], vsCurrency: 'usd', exchanges: ['kraken'], realTime: true },
      isReferenceDown: () => false,
      reference: () => null,
      catalogSymbols: async () => null,
      onTicks: (ticks) => prices.push(...ticks.map(({ price }) => price)),
    });
    closing({ close: feed.stop });
    feed.start();
    const failures = () => lines.filter((line) => line.includes('connecting again'));
    await until(() => failures().length >= 3);
    expect(failures()[0]).toMatch(
      /cannot reach kraken: the proxy 127\.0\.0\.1:1 did not connect: connect ECONNREFUSED/,
    );
    expect(lines.join()).not.toContain('secret');
    expect(server.exchange.connections()).toBe(0);
    current = proxy.url;
    await until(() => {
      server.exchange.trade('bitcoin', PRICE);
      return prices.includes(PRICE);
    });
    expect(proxy.passed).toEqual([`CONNECT ${hostOf(front.url)}`]);
  });
});

describe('a tunnel', () => {
  it('times out when the proxy does not respond', async () => {
    const clients: Socket[] = [];
    const silent = createServer((client) => void clients.push(client));
    const url = new URL(`http://127.0.0.1:${await listen(silent)}`);
    closing({
      async close() {
        await new Promise<void>((resolve) => silent.close(() => resolve()));
      },
    });
    await expect(openHttpTunnel(url, { host: 'localhost', port: 443 }, 50)).rejects.toThrow(
      'no response within 0.05 s',
    );
    for (const client of clients) client.destroy();
  });
});

describe('the program behind a proxy', () => {
  it('streams trades through it, with a certificate of NODE_EXTRA_CA_CERTS', async () => {
    await withFolder(async (folder) => {
      const certificate = join(folder, 'company.pem');
      writeFileSync(certificate, SELF_SIGNED.cert);
      const time = { speed: 1, origin: Date.now(), pollSeconds: 60 };
      server.setPrice('bitcoin', { price: PRICE });
      const program = await startProgram({
        ...environmentFor(join(folder, 'data'), server.url, time, front.url),
        HTTPS_PROXY: proxy.url,
        NODE_EXTRA_CA_CERTS: certificate,
      });
      const page = await openPage(program.url);
      await until(async () => {
        server.exchange.trade('bitcoin', PRICE);
        const { quotes } = await page.call('snapshot', {});
        return quotes.some(({ price, source }) => price === PRICE && source === 'kraken');
      });
      page.close();
      await program.end('SIGTERM');
      // One tunnel for requests, and one for the WebSocket.
      const tunnels = proxy.passed.filter((line) => line === `CONNECT ${hostOf(front.url)}`);
      expect(tunnels.length).toBeGreaterThan(1);
      expect(program.stderr()).not.toContain('was interrupted');
    });
  });
});
