import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { virtualClock } from '../electron/monitor/time/clock.ts';
import { loadCoins } from './coins.ts';
import { type DemoServer, startDemoServer } from './server.ts';

const NOW = Date.parse('2026-03-01T12:34:56Z');
const PRICE = '/simple/price?ids=bitcoin&vs_currencies=usd&include_last_updated_at=true&precision=full';

let clock: ReturnType<typeof virtualClock>;
let server: DemoServer;
beforeEach(async () => {
  clock = virtualClock(NOW);
  server = await startDemoServer({ clock, seed: 'test', record: true, control: true });
});
afterEach(() => server.close());

const get = (path: string): Promise<Response> => fetch(server.url + path);
const json = async (path: string): Promise<unknown> => (await get(path)).json();
const post = (path: string, body: unknown, headers = {}): Promise<Response> =>
  fetch(server.url + path, { method: 'POST', body: JSON.stringify(body), headers });

describe('the demo server', () => {
  it('serves the same responses with and without the path prefix of the real API', async () => {
    expect(await json(`/api/v3${PRICE}`)).toEqual(await json(PRICE));
  });

  it('updates a price once per step, with its time in seconds', async () => {
    const first = await json(PRICE);
    await clock.advance(10_000);
    const second = await json(PRICE);
    expect(second).not.toEqual(first);
    await clock.advance(1_000);
    const third = await json(PRICE);
    const times = [first, second, third].map(
      (reply) => (reply as { bitcoin: { last_updated_at: number } }).bitcoin.last_updated_at,
    );
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBe(10);
    expect(times[2] === times[1]).toBe(JSON.stringify(third) === JSON.stringify(second));
    expect(times[0]).toBeGreaterThan(NOW / 1_000 - 10);
  });

  it('has a history that matches its live prices', async () => {
    const live = (await json(PRICE)) as { bitcoin: { usd: number; last_updated_at: number } };
    const bitcoin = server.market.find('bitcoin');
    if (bitcoin === undefined) throw new Error('there is no bitcoin in the market');
    expect(server.market.priceUsd(bitcoin, live.bitcoin.last_updated_at * 1_000)).toBe(live.bitcoin.usd);
    const chart = (await json('/coins/bitcoin/market_chart?vs_currency=usd&days=90')) as {
      prices: [number, number][];
    };
    expect(chart.prices).toHaveLength(90 * 24 + 1);
    expect(chart.prices.at(-1)).toEqual([NOW, server.market.priceUsd(bitcoin, NOW)]);
  });

  it('builds candles that open at the previous close and contain all prices', async () => {
    const candles = (await json('/coins/zcash/ohlc?vs_currency=usd&days=7&precision=full')) as number[][];
    expect(candles).toHaveLength(42);
    for (const [index, [end = 0, open = 0, high = 0, low = 0, close = 0]] of candles.entries()) {
      expect(end % (4 * 3_600_000)).toBe(0);
      expect(low).toBeLessThanOrEqual(Math.min(open, close));
      expect(high).toBeGreaterThanOrEqual(Math.max(open, close));
      const next = candles[index + 1];
      if (next !== undefined) expect(next[1]).toBe(close);
    }
  });

  it('omits unknown coins and currencies, as CoinGecko does', async () => {
    expect(await json('/simple/price?ids=bitconi,bitcoin&vs_currencies=xyz')).toEqual({ bitcoin: {} });
  });

  it.each([
    ['/simple/price?ids=bitcoin', 422],
    ['/coins/nothing', 404],
    ['/coins/%', 404],
    ['/coins/toString', 404],
    ['/coins/bitcoin/ohlc?vs_currency=usd&days=5', 422],
    ['/coins/bitcoin/market_chart?vs_currency=xyz&days=1', 422],
    ['/coins/bitcoin/market_chart/range?vs_currency=usd&from=5', 422],
    ['/coins/markets?vs_currency=usd&per_page=many', 422],
    ['/no/such/path', 404],
    ['//', 404],
  ])('responds to %s with %i and a message', async (path, status) => {
    const response = await get(path);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ error: expect.stringMatching(/\w/) });
  });

  it('serves a scripted price until it is reset', async () => {
    const usual = await json(PRICE);
    server.setPrice('bitcoin', { price: 50_000.25, lastUpdatedAt: NOW - 5_000 });
    const scripted = { bitcoin: { usd: 50_000.25, last_updated_at: NOW / 1_000 - 5 } };
    expect(await json(PRICE)).toEqual(scripted);
    await clock.advance(3_600_000);
    expect(await json(PRICE)).toEqual(scripted);
    server.freeze(NOW);
    server.setPrice('bitcoin', null);
    expect(await json(PRICE)).toEqual(usual);
  });

  it('gives a scripted price a later time than the previous quote, even within the same second', async () => {
    server.freeze(NOW + 400);
    server.setPrice('bitcoin', { price: 50_000 });
    expect(await json(PRICE)).toEqual({ bitcoin: { usd: 50_000, last_updated_at: NOW / 1_000 } });
    server.setPrice('bitcoin', { price: 60_000 });
    expect(await json(PRICE)).toEqual({ bitcoin: { usd: 60_000, last_updated_at: NOW / 1_000 + 1 } });
  });

  it('does not change while it is frozen', async () => {
    server.freeze(NOW);
    const before = await json('/simple/price?ids=bitcoin,zcash,tether&vs_currencies=usd,eur,btc');
    await clock.advance(3_600_000);
    expect(await json('/simple/price?ids=bitcoin,zcash,tether&vs_currencies=usd,eur,btc')).toEqual(before);
  });

  it('rejects an invalid scripted price', () => {
    expect(() => server.setPrice('bitconi', { price: 1 })).toThrow('"bitconi" is not a coin of this market');
    expect(() => server.setPrice('bitcoin', { price: 1, vsCurrency: 'xyz' })).toThrow(
      '"xyz" is not a currency',
    );
    expect(() => server.setPrice('bitcoin', { price: 1, lastUpdatedAt: NOW / 1_000 })).toThrow(
      'milliseconds',
    );
  });

  it('records served prices and requests', async () => {
    server.setPrice('bitcoin', { price: 50_000, lastUpdatedAt: NOW });
    await json(PRICE);
    expect(server.served()).toEqual([
      { coinId: 'bitcoin', vsCurrency: 'usd', price: 50_000, lastUpdatedAt: NOW },
    ]);
    expect(server.requests()).toMatchObject([{ at: NOW, endpoint: '/simple/price', url: PRICE }]);
  });

  it('does not record prices that a fault prevented or invalidated', async () => {
    server.setFault({ endpoint: '/simple/price', fault: { kind: 'status', status: 500 }, times: 1 });
    server.setFault({ endpoint: '*', fault: { kind: 'truncate', bytes: 5, cut: false }, times: 1 });
    server.setFault({
      endpoint: '*',
      fault: { kind: 'coin', coinId: 'bitcoin', set: { usd: -1 } },
      times: 1,
    });
    for (let request = 0; request < 3; request++) await (await get(PRICE)).text();
    expect(server.served()).toEqual([]);
    await json(PRICE);
    expect(server.served()).toHaveLength(1);
  });

  it('applies a fault to the given number of responses of its endpoint', async () => {
    server.setFault({ endpoint: '/ping', fault: { kind: 'status', status: 503 }, times: 2 });
    const statuses = [];
    for (const path of ['/ping', PRICE, '/ping', '/ping']) statuses.push((await get(path)).status);
    expect(statuses).toEqual([503, 200, 503, 200]);
  });

  it('keeps a fault until it is cleared', async () => {
    server.setFault({ endpoint: '*', fault: { kind: 'text', text: '<html>', contentType: 'text/html' } });
    expect(await (await get(PRICE)).text()).toBe('<html>');
    expect(await (await get('/ping')).text()).toBe('<html>');
    server.clearFaults();
    expect(await json('/ping')).toEqual({ gecko_says: '(V3) To the Moon!' });
  });

  it('sends Retry-After as seconds or as a date of its own clock', async () => {
    const fault = { kind: 'status', status: 429, retryAfterSeconds: 30 } as const;
    server.setFault({ endpoint: '*', fault, times: 1 });
    server.setFault({ endpoint: '*', fault: { ...fault, retryAfterAs: 'date' }, times: 1 });
    expect((await get('/ping')).headers.get('retry-after')).toBe('30');
    const dated = await get('/ping');
    expect(dated.headers.get('retry-after')).toBe('Sun, 01 Mar 2026 12:35:26 GMT');
    expect(dated.headers.get('date')).toBe('Sun, 01 Mar 2026 12:34:56 GMT');
  });

  it('breaks connections on request', async () => {
    server.setFault({ endpoint: '*', fault: { kind: 'reset' }, times: 1 });
    await expect(get('/ping')).rejects.toThrow('fetch failed');
    server.setFault({ endpoint: '*', fault: { kind: 'truncate', bytes: 5, cut: true }, times: 1 });
    await expect(get('/ping').then((response) => response.text())).rejects.toThrow('terminated');
  });

  it('closes while a request hangs and another is delayed', async () => {
    server.setFault({ endpoint: '/ping', fault: { kind: 'hang' } });
    server.setFault({ endpoint: '/coins/list', fault: { kind: 'delay', ms: 3_600_000 } });
    const pending = Promise.allSettled([get('/ping'), get('/coins/list')]);
    while (server.requests().length < 2) await new Promise((resolve) => setImmediate(resolve));
    await server.close();
    expect((await pending).map((each) => each.status)).toEqual(['rejected', 'rejected']);
  });

  it('can be controlled by another process', async () => {
    await post('/__control/price', { coinId: 'bitcoin', scripted: { price: 1.5, lastUpdatedAt: NOW } });
    await post('/__control/fault', { endpoint: '/ping', fault: { kind: 'status', status: 500 } });
    expect((await get('/ping')).status).toBe(500);
    await post('/__control/clear-faults', {});
    expect((await get('/ping')).status).toBe(200);
    expect(await json(PRICE)).toEqual({ bitcoin: { usd: 1.5, last_updated_at: NOW / 1_000 } });
    expect(await json('/__control/served')).toEqual(server.served());
    expect(await json('/__control/requests')).toHaveLength(3);
    await post('/__control/freeze', { at: NOW });
    await post('/__control/price', { coinId: 'bitcoin', scripted: null });
    const frozen = await json(PRICE);
    await clock.advance(60_000);
    expect(await json(PRICE)).toEqual(frozen);
  });

  it('explains why a control request is invalid', async () => {
    const wrong = await post('/__control/fault', { endpoint: '/pong', fault: { kind: 'hang' } });
    expect(wrong.status).toBe(400);
    expect(((await wrong.json()) as { error: string }).error).toContain('endpoint');
    expect((await post('/__control/price', { coinId: 'bitconi', scripted: { price: 1 } })).status).toBe(400);
    expect((await post('/__control/explode', {})).status).toBe(404);
  });

  it('rejects control requests of web pages', async () => {
    const response = await post('/__control/freeze', { at: 0 }, { origin: 'https://example.org' });
    expect(response.status).toBe(403);
  });

  it('has no control endpoint and no record by default', async () => {
    const plain = await startDemoServer({ clock, seed: 'test' });
    try {
      expect((await fetch(`${plain.url}/__control/served`)).status).toBe(404);
      expect(() => plain.served()).toThrow('nothing was recorded');
    } finally {
      await plain.close();
    }
  });

  it('serves the coins of a load test in one response', async () => {
    const coins = loadCoins(500);
    const large = await startDemoServer({ clock, seed: 'load', coins });
    try {
      const ids = coins.map((coin) => coin.id).join(',');
      const reply = (await (
        await fetch(`${large.url}/simple/price?ids=${ids}&vs_currencies=usd`)
      ).json()) as object;
      expect(Object.keys(reply)).toHaveLength(500);
    } finally {
      await large.close();
    }
  });
});
