import { createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Fault } from '../../demo/faults.ts';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { coinGeckoSource } from '../../electron/monitor/sources/coingecko/coingecko.ts';
import type { CoinGeckoAccess } from '../../electron/monitor/sources/coingecko/coingecko-client.ts';
import { FeedError } from '../../electron/monitor/sources/price-source.ts';
import { virtualClock } from '../../electron/monitor/time/clock.ts';
import { servicePort } from '../counterparts/service-port.ts';
import { inWords } from '../text-of.ts';

const NOW = Date.parse('2026-03-01T12:34:56Z');
const KEY = 'CG-a-secret-key';
const REQUEST = { coins: ['bitcoin', 'zcash'], vsCurrency: 'usd' } as const;

const clock = virtualClock(NOW);
let server: DemoServer;
beforeEach(async () => {
  server = await startDemoServer({ clock, seed: 'feed', record: true });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

const source = (access: Partial<CoinGeckoAccess> = {}) =>
  coinGeckoSource({
    baseUrl: server.url,
    apiKey: null,
    plan: 'keyless',
    timeoutMs: 20_000,
    clock,
    ...access,
  });

async function failureOf(fault: Fault, access: Partial<CoinGeckoAccess> = {}): Promise<FeedError> {
  server.setFault({ endpoint: '/simple/price', fault, times: 1 });
  return failure(access);
}

async function failure(
  access: Partial<CoinGeckoAccess>,
  signal = new AbortController().signal,
): Promise<FeedError> {
  const error: unknown = await source(access)
    .fetchPrices(REQUEST, signal)
    .then(
      (batch) => new Error(`a response came: ${JSON.stringify(batch)}`),
      (thrown: unknown) => thrown,
    );
  expect(error).toBeInstanceOf(FeedError);
  return error as FeedError;
}

/** A server that writes raw bytes to each connection, for responses that no HTTP library would send. */
async function listen(onRequest: (socket: Socket) => void): Promise<{ url: string; close(): void }> {
  const sockets = new Set<Socket>();
  const raw = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('data', () => onRequest(socket));
  });
  await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
  const address = raw.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close() {
      raw.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

describe('the CoinGecko source', () => {
  it('fetches the prices of all coins in one request, as they were served', async () => {
    const batch = await source().fetchPrices(REQUEST, new AbortController().signal);
    expect(batch).toMatchObject({ missing: [], rejected: [], simulated: true });
    expect(
      batch.ticks.map(({ coinId, vsCurrency, price, observedAt }) => ({
        coinId,
        vsCurrency,
        price,
        lastUpdatedAt: observedAt,
      })),
    ).toEqual(server.served());
    expect(batch.ticks.every((tick) => tick.volume24h !== null && tick.marketCap !== null)).toBe(true);
    expect(batch.ticks.every((tick) => tick.change24hPct !== null && tick.source === 'coingecko')).toBe(true);
    expect(server.requests()).toHaveLength(1);
  });

  it('keeps all digits of a price', async () => {
    server.setPrice('bitcoin', { price: 0.000_000_123_456_789_012_3, lastUpdatedAt: NOW });
    const batch = await source().fetchPrices(REQUEST, new AbortController().signal);
    expect(batch.ticks[0]?.price).toBe(0.000_000_123_456_789_012_3);
  });

  it.each([
    ['keyless', null, undefined, undefined],
    ['demo', KEY, KEY, undefined],
    ['pro', KEY, undefined, KEY],
  ] as const)('sends the key of the plan %s and no other', async (plan, apiKey, demo, pro) => {
    vi.stubEnv('COINGECKO_PRO_API_KEY', 'of-the-environment');
    vi.stubEnv('COINGECKO_DEMO_API_KEY', 'of-the-environment');
    vi.stubEnv('COINGECKO_BASE_URL', 'http://127.0.0.1:9');
    vi.stubEnv('COINGECKO_CUSTOM_HEADERS', 'x-cg-pro-api-key: of-the-environment\nx-extra: yes');
    await source({ plan, apiKey }).fetchPrices(REQUEST, new AbortController().signal);
    const headers = server.requests()[0]?.headers ?? {};
    expect(headers['x-cg-demo-api-key']).toBe(demo);
    expect(headers['x-cg-pro-api-key']).toBe(pro);
    expect(headers['x-extra']).toBeUndefined();
  });

  it('does not describe the machine to the provider', async () => {
    await source().fetchPrices(REQUEST, new AbortController().signal);
    const names = Object.keys(server.requests()[0]?.headers ?? {});
    expect(names.filter((name) => name.startsWith('x-stainless'))).toEqual([]);
  });

  it('keeps valid coins when another is invalid', async () => {
    server.setFault({
      endpoint: '*',
      fault: { kind: 'coin', coinId: 'bitcoin', set: { usd: 'NaN' } },
    });
    const batch = await source().fetchPrices(REQUEST, new AbortController().signal);
    expect(batch.rejected.map(({ coinId }) => coinId)).toEqual(['bitcoin']);
    expect(batch.ticks.map(({ coinId }) => coinId)).toEqual(['zcash']);
  });

  it.each<[string, Fault, FeedError['kind'], RegExp]>([
    ['a 500', { kind: 'status', status: 500 }, 'bad-answer', /^CoinGecko responded with 500/],
    ['a 503', { kind: 'status', status: 503 }, 'bad-answer', /^CoinGecko responded with 503/],
    ['a 404', { kind: 'status', status: 404 }, 'bad-answer', /404: check the base URL/],
    ['a 401', { kind: 'status', status: 401 }, 'refused', /\(401\): it requires an API key/],
    ['a 403', { kind: 'status', status: 403 }, 'refused', /\(403\)/],
    ['a reset', { kind: 'reset' }, 'unreachable', /^cannot reach 127\.0\.0\.1:\d+: /],
    ['no response', { kind: 'hang' }, 'unreachable', /did not respond in time/],
    [
      'half a JSON text',
      { kind: 'truncate', bytes: 20, cut: false },
      'bad-answer',
      /not JSON, or is truncated/,
    ],
    [
      'a connection that breaks',
      { kind: 'truncate', bytes: 20, cut: true },
      'bad-answer',
      /was cut off after 20/,
    ],
    [
      'an HTML page',
      { kind: 'text', text: '<html>', contentType: 'text/html' },
      'bad-answer',
      /unexpected form/,
    ],
    [
      'HTML called JSON',
      { kind: 'text', text: '<html>', contentType: 'application/json' },
      'bad-answer',
      /not JSON/,
    ],
    ['an empty body', { kind: 'empty' }, 'bad-answer', /not JSON|unexpected form/],
    ['a list', { kind: 'json', value: [1] }, 'bad-answer', /unexpected form/],
    ['null', { kind: 'json', value: null }, 'bad-answer', /unexpected form/],
    ['a number', { kind: 'json', value: 5 }, 'bad-answer', /unexpected form/],
    ['a huge body', { kind: 'oversize', bytes: 6_000_000 }, 'bad-answer', /larger than 5 MB/],
    [
      'a redirect',
      { kind: 'status', status: 302, location: 'https://portal.example/login' },
      'bad-answer',
      /302, a redirect to https:\/\/portal\.example, which is not followed/,
    ],
  ])('classifies %s', async (_name, fault, kind, message) => {
    const error = await failureOf(fault, fault.kind === 'hang' ? { timeoutMs: 200 } : {});
    expect(error.kind).toBe(kind);
    expect(error.message).toMatch(message);
    expect(error.retryAfterMs).toBeNull();
  });

  it.each<[string, unknown, FeedError['kind'], RegExp]>([
    [
      'too many requests',
      { status: { error_code: 429, error_message: "You've exceeded the Rate Limit." } },
      'rate-limited',
      /^CoinGecko limits our requests \(429\) – "You've exceeded the Rate Limit\."$/,
    ],
    [
      'a missing key',
      { error: { status: { error_code: 10_002, error_message: 'API Key Missing' } } },
      'refused',
      /^CoinGecko refuses our requests \(10002\): it requires an API key – "API Key Missing"$/,
    ],
    [
      'a code that is text',
      { status: { error_code: '503', error_message: 'Service unavailable' } },
      'bad-answer',
      /^CoinGecko responded with 503 – "Service unavailable"$/,
    ],
    [
      'an unknown code',
      { status: { error_code: 10_999, error_message: 'Something new' } },
      'bad-answer',
      /^CoinGecko responded with an error 10999 – "Something new"$/,
    ],
    [
      'an error in words alone',
      { error: 'Internal error' },
      'bad-answer',
      /^CoinGecko responded with an error – "Internal error"$/,
    ],
  ])('treats a 200 with %s as that error', async (_name, value, kind, message) => {
    const error = await failureOf({ kind: 'json', value } as Fault);
    expect(error.kind).toBe(kind);
    expect(error.message).toMatch(message);
  });

  it('does not mistake the coin "status" for an error', async () => {
    const entry = { usd: 0.02, last_updated_at: NOW / 1_000 - 10 };
    server.setFault({ endpoint: '/simple/price', fault: { kind: 'json', value: { status: entry } } });
    const batch = await source().fetchPrices(
      { coins: ['status'], vsCurrency: 'usd' },
      new AbortController().signal,
    );
    expect(batch.ticks).toMatchObject([{ coinId: 'status', price: 0.02 }]);
  });

  it('rejects prices from 2076, even if the response has no date', async () => {
    server.setFault({
      endpoint: '/simple/price',
      fault: { kind: 'coin', coinId: 'bitcoin', set: { last_updated_at: 3_350_289_600 } },
    });
    const undated: typeof globalThis.fetch = async (input, init) => {
      const response = await fetch(input, init);
      const headers = new Headers(response.headers);
      headers.delete('date');
      return new Response(response.body, { status: response.status, headers });
    };
    for (const way of [fetch, undated]) {
      const batch = await source({ fetch: way }).fetchPrices(REQUEST, new AbortController().signal);
      expect(batch.ticks.map(({ coinId }) => coinId)).toEqual(['zcash']);
      expect(inWords(batch.rejected)).toEqual([
        {
          coinId: 'bitcoin',
          reason: expect.stringMatching(/^last_updated_at is \d+\u00a0d.* in the future$/),
        },
      ]);
    }
  });

  it('never reveals a key that a 200 with an error repeats', async () => {
    const fetch = async (): Promise<Response> => Response.json({ error: `What is ${KEY}?` });
    const error = await failure({ apiKey: KEY, plan: 'demo', fetch });
    expect(error.message).toBe('CoinGecko responded with an error – "What is ***?"');
  });

  it.each([
    [{ retryAfterSeconds: 42 }, 42_000],
    [{ retryAfterSeconds: 42, retryAfterAs: 'date' }, 42_000],
    [{}, null],
  ] as const)('reads the Retry-After of a 429: %j', async (requested, retryAfterMs) => {
    const error = await failureOf({ kind: 'status', status: 429, ...requested });
    expect(error).toMatchObject({ kind: 'rate-limited', retryAfterMs });
  });

  it('includes the body in the timeout', async () => {
    const stuck = await listen((socket) => {
      socket.write(
        'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"bitcoin"',
      );
    });
    const error = await failure({ baseUrl: stuck.url, timeoutMs: 200 });
    stuck.close();
    expect(error).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('in time') });
  });

  it('reads at most 5 MB of an endless response', async () => {
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const endless = await listen((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n');
      const flow = (): void => {
        while (socket.writable && socket.write(chunk));
      };
      socket.on('drain', flow);
      flow();
    });
    const error = await failure({ baseUrl: endless.url });
    endless.close();
    expect(error).toMatchObject({ kind: 'bad-answer', message: expect.stringContaining('larger than 5 MB') });
  });

  it('reports a refused connection', async () => {
    const error = await failure({ baseUrl: `http://127.0.0.1:${await servicePort()}` });
    expect(error).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('ECONNREFUSED') });
  });

  it('reports an unknown host name', async () => {
    const error = await failure({ baseUrl: 'http://no-such-host.invalid/api/v3' });
    expect(error.kind).toBe('unreachable');
    expect(error.message).toMatch(/^cannot reach no-such-host\.invalid: /);
  });

  it('never reveals the key, even when the provider repeats it', async () => {
    const echo = { status: { error_code: 10_010, error_message: `Your key ${KEY} is of another plan.` } };
    const fetch = async (): Promise<Response> => Response.json(echo, { status: 400 });
    const error = await failure({ apiKey: KEY, plan: 'demo', fetch });
    expect(error.kind).toBe('refused');
    expect(error.message).toContain('Your key *** is of another plan.');
    expect(`${error.message}${error.stack}${String(error.cause)}`).not.toContain(KEY);
  });

  it('throws the reason of its signal when it is aborted, before or while it waits', async () => {
    const reason = new Error('no longer wanted');
    await expect(source().fetchPrices(REQUEST, AbortSignal.abort(reason))).rejects.toBe(reason);

    server.setFault({ endpoint: '*', fault: { kind: 'hang' } });
    const abort = new AbortController();
    const pending = source().fetchPrices(REQUEST, abort.signal);
    while (server.requests().length === 0) await new Promise((resolve) => setImmediate(resolve));
    abort.abort(reason);
    await expect(pending).rejects.toBe(reason);
  });

  it('requests 500 coins at once', async () => {
    const coins = Array.from({ length: 499 }, (_, index) => `some-coin-with-a-long-id-${index}`);
    const batch = await source().fetchPrices(
      { coins: ['bitcoin', ...coins], vsCurrency: 'usd' },
      new AbortController().signal,
    );
    expect(batch.ticks).toHaveLength(1);
    expect(batch.missing).toHaveLength(499);
  });
});
