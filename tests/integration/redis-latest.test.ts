import { writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startDemoServer } from '../../demo/server.ts';
import {
  AT,
  candlesOf,
  quoteOf,
  rangeOf,
  testLatestStore,
  tickOf,
} from '../../electron/monitor/latest/latest-store-contract.ts';
import { openRedisLatestStore } from '../../electron/monitor/latest/redis/redis-latest-store.ts';
import { readRedisSettings } from '../../electron/monitor/latest/redis/redis-settings.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import type { Problem } from '../../shared/domain/problem.ts';
import { text } from '../../shared/messages/message.ts';
import { serviceFolder } from '../counterparts/child-service.ts';
import { type RedisServer, redisIsMissing, startRedis } from '../counterparts/redis.ts';
import { openPage, startProgram, until, withFolder } from '../program.ts';
import { listen } from './proxy.ts';
import { SELF_SIGNED } from './self-signed.ts';

const PREFIX = 'test';
const PASSWORD = 'kept secret';

/** Longer than any response on a busy machine. Tests of timeouts pass a shorter one. */
const PATIENT_MS = 60_000;

type StoreOptions = { readonly candlesKeptMs?: number; readonly timeoutMs?: number };

/** Opens a store; returns it with its reports. */
function openStore(env: Readonly<Record<string, string>>, more: StoreOptions = {}) {
  const settings = readRedisSettings({ REDIS_KEY_PREFIX: PREFIX, ...env });
  if (settings === null) throw new Error('REDIS_URL is missing');
  const logged: string[] = [];
  let problem: Problem | null = null;
  const log = pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) });
  const store = openRedisLatestStore({
    settings,
    now: () => AT,
    random: Math.random,
    log,
    report: (reported) => {
      problem = reported;
    },
    timeoutMs: PATIENT_MS,
    ...more,
  });
  return { store, logged, problem: () => problem && text((problem as Problem).message) };
}

describe.skipIf(redisIsMissing !== null)(`the latest in Redis (${redisIsMissing ?? 'installed'})`, () => {
  let server: RedisServer;
  const connect = () => createClient({ url: server.url, RESP: 2 }).connect();
  let other: Awaited<ReturnType<typeof connect>>;

  beforeAll(async () => {
    server = await startRedis();
    other = await connect();
    other.on('error', () => undefined); // it is killed below
  });
  afterAll(async () => {
    other?.destroy();
    await server?.close();
  });
  beforeEach(async () => {
    await until(() => other.isReady);
    await other.flushAll();
  });

  const quote = quoteOf(tickOf('bitcoin', AT), tickOf('bitcoin', AT - 5));
  const keepOne = (store: ReturnType<typeof openStore>['store']) =>
    store.keepQuotes('usd', [{ coinId: 'bitcoin', state: quote }]);

  testLatestStore('in Redis', {
    open: async ({ candlesKeptMs }) =>
      openStore({ REDIS_URL: server.url }, candlesKeptMs === undefined ? {} : { candlesKeptMs }).store,
    reset: async () => void (await other.flushAll()),
    passMs: async () => {
      // The server's own clock, and its own expiry.
      await until(async () => (await other.keys(`${PREFIX}:*:candles:*`)).length === 0);
    },
  });

  it('returns values to one process that another one has stored, and all of them expire', async () => {
    const [one, two] = [openStore({ REDIS_URL: server.url }), openStore({ REDIS_URL: server.url })];
    await keepOne(one.store);
    await one.store.keepCandles(rangeOf(), candlesOf(AT, 5));
    expect((await two.store.quotes('usd', ['bitcoin'])).get('bitcoin')).toEqual(quote);
    expect(await two.store.candles(rangeOf())).toEqual(candlesOf(AT, 5));
    const keys = await other.keys('*');
    expect(keys.toSorted()).toEqual([
      `test:1:candles:usd:bitcoin:1m:500:${AT}:any`,
      'test:1:quote:usd:bitcoin',
      'test:1:reference:usd:bitcoin',
    ]);
    for (const key of keys) expect(await other.pTTL(key)).toBeGreaterThan(0);
    await Promise.all([one.store.close(), two.store.close()]);
  });

  const GARBAGE = ['', 'garbage', '1 2 3', `0 ${AT} {"tick":`, '\u0000\u00ff', `12 ${AT + 10 ** 9} {}`];
  it.each(GARBAGE)('ignores, deletes and reports %j in place of a value', async (garbage) => {
    const { store, logged } = openStore({ REDIS_URL: server.url });
    await keepOne(store);
    await store.keepCandles(rangeOf(), candlesOf(AT, 5));
    await store.sharedToken('mine');
    for (const key of await other.keys('*')) await other.set(key, garbage);
    expect(await store.quotes('usd', ['bitcoin'])).toEqual(new Map());
    expect(await store.candles(rangeOf())).toBeNull();
    expect(await store.sharedToken('mine')).toBe('mine');
    expect(await other.keys('*')).toEqual([`${PREFIX}:1:token`]);
    expect(logged.filter((line) => line.includes('not those of this program')).length).toBeGreaterThanOrEqual(
      3,
    );
    await store.close();
  });

  it('replaces values of other types and invalid texts', async () => {
    const { store, logged } = openStore({ REDIS_URL: server.url });
    await keepOne(store);
    await store.keepQuotes('usd', [{ coinId: 'zcash', state: quoteOf(tickOf('zcash', AT)) }]);
    // A valid value, but of another coin.
    await other.set(`${PREFIX}:1:quote:usd:bitcoin`, (await other.get(`${PREFIX}:1:quote:usd:zcash`)) ?? '');
    expect((await store.quotes('usd', ['bitcoin'])).get('bitcoin')?.tick ?? null).toBeNull();
    await other.del(`${PREFIX}:1:token`);
    for (const key of [`${PREFIX}:1:quote:usd:bitcoin`, `${PREFIX}:1:token`]) {
      await other.del(key);
      await other.lPush(key, 'an element of a list');
    }
    expect((await store.quotes('usd', ['bitcoin'])).get('bitcoin')?.tick ?? null).toBeNull();
    await keepOne(store);
    expect((await store.quotes('usd', ['bitcoin'])).get('bitcoin')).toEqual(quote);
    expect(await store.sharedToken('mine')).toBe('mine');
    expect(logged.join('')).toContain('replaced');
    await store.close();
  });

  it('causes timeouts and a reported problem while it is slow, and is used again when it responds', async () => {
    const { store, problem } = openStore({ REDIS_URL: server.url }, { timeoutMs: 500 });
    await until(async () => {
      await keepOne(store);
      return problem() === null;
    });
    await other.sendCommand(['CLIENT', 'PAUSE', '600000', 'ALL']);
    expect(await store.quotes('usd', ['bitcoin'])).toEqual(new Map());
    expect(problem()).toContain('it has not responded for 500 ms');
    // During the cooldown a call returns immediately, without a request.
    expect(await store.candles(rangeOf())).toBeNull();
    await server.kill();
    await server.restart();
    await until(async () => {
      await keepOne(store);
      return (await store.quotes('usd', ['bitcoin'])).get('bitcoin') !== undefined;
    });
    expect(problem()).toBeNull();
    await store.close();
  });

  it('causes a reported problem while it is unavailable, and is filled again afterwards', async () => {
    const { store, problem } = openStore({ REDIS_URL: server.url }, { timeoutMs: 500 });
    await keepOne(store);
    await server.kill();
    await until(async () => {
      await keepOne(store);
      return problem() !== null;
    });
    expect(await store.quotes('usd', ['bitcoin'])).toEqual(new Map());
    expect(await store.sharedToken('mine')).toBeNull();
    await server.restart();
    await until(async () => {
      await keepOne(store);
      return (await store.quotes('usd', ['bitcoin'])).get('bitcoin') !== undefined;
    });
    expect(problem()).toBeNull();
    await store.close();
  });

  it('receives the newest quotes of a program on one machine, which continues without it', async () => {
    await withFolder(async (folder) => {
      const market = await startDemoServer({ clock: systemClock, seed: 'redis' });
      const program = await startProgram({
        MONITOR_DATA_DIR: folder,
        COINGECKO_BASE_URL: market.url,
        MONITOR_EXCHANGES: 'none',
        MONITOR_POLL_SECONDS: '2',
        DATABASE_URL: 'postgresql://127.0.0.1:1/prices', // no database is needed, and none exists
        REDIS_URL: server.url,
        REDIS_KEY_PREFIX: PREFIX,
      });
      try {
        const coins = ['bitcoin', 'ethereum', 'zcash'];
        await until(async () => (await other.keys(`${PREFIX}:1:quote:usd:*`)).length === coins.length);
        const page = await openPage(program.url);
        await until(async () => {
          const { quotes } = await page.call('snapshot', {});
          const shown = quotes.find(({ coinId }) => coinId === 'bitcoin');
          return (await other.get(`${PREFIX}:1:quote:usd:bitcoin`))?.includes(`"price":${shown?.price},`);
        });
        await server.kill();
        await until(async () => {
          const { status } = await page.call('snapshot', {});
          return status.problems.some(({ id }) => id === 'redis');
        });
        page.close();
      } finally {
        expect((await program.end('SIGTERM')).code).toBe(0);
        await market.close();
        await server.restart();
      }
    });
  });

  it('reports that the memory of the server is full, and still returns stored values', async () => {
    const { store, problem } = openStore({ REDIS_URL: server.url });
    await keepOne(store);
    await other.configSet({ maxmemory: '1', 'maxmemory-policy': 'noeviction' });
    await store.keepCandles(rangeOf(), candlesOf(AT, 5));
    expect(problem()).toContain('OOM');
    await other.configSet({ maxmemory: '0' });
    await until(async () => (await store.quotes('usd', ['bitcoin'])).get('bitcoin') !== undefined);
    await store.close();
  });
});

describe.skipIf(redisIsMissing !== null)(
  `a Redis with a password and TLS (${redisIsMissing ?? 'installed'})`,
  () => {
    let server: RedisServer;
    const folder = serviceFolder('redis-tls');
    const [cert, key] = [join(folder.path, 'cert.pem'), join(folder.path, 'key.pem')];
    beforeAll(async () => {
      writeFileSync(cert, SELF_SIGNED.cert);
      writeFileSync(key, SELF_SIGNED.key);
      server = await startRedis({ password: PASSWORD, tls: { cert, key } });
    });
    afterAll(async () => {
      await server?.close();
      folder.remove();
    });
    const urlWith = (password: string): string =>
      server.url.replace('://', `://:${encodeURIComponent(password)}@`);

    it('is used with the right password and certificate authority', async () => {
      const { store, problem } = openStore({ REDIS_URL: urlWith(PASSWORD), REDIS_CA_FILE: cert });
      await store.keepCandles(rangeOf(), candlesOf(AT, 5));
      expect(problem()).toBeNull();
      expect(await store.candles(rangeOf())).toEqual(candlesOf(AT, 5));
      await store.close();
    });

    it.each([
      ['a wrong password', 'wrong', cert, /WRONGPASS|invalid password/],
      ['an authority that is not trusted', PASSWORD, '', /certificate/],
    ])(
      'is a problem with %s, which does not contain the password',
      async (_, password, authority, reason) => {
        const { store, logged, problem } = openStore({
          REDIS_URL: urlWith(password),
          REDIS_CA_FILE: authority,
        });
        expect(await store.candles(rangeOf())).toBeNull();
        expect(problem()).toMatch(reason);
        expect(`${problem()} ${logged.join('')}`).not.toContain(password === 'wrong' ? ':wrong@' : PASSWORD);
        await store.close();
      },
    );
  },
);

describe('a server in place of Redis', () => {
  /** Starts a server that passes each connection to a function and records its time. */
  async function startServer(onConnection: (socket: Socket) => void) {
    const times: number[] = [];
    const server = createServer((socket) => {
      times.push(performance.now());
      socket.on('error', () => undefined);
      onConnection(socket);
    });
    const url = `redis://127.0.0.1:${await listen(server)}`;
    return { url, times, close: () => new Promise((closed) => server.close(closed)) };
  }

  it('that closes each connection is reconnected to with delays, and not after a stop', async () => {
    const server = await startServer((socket) => void socket.destroy());
    const { store } = openStore({ REDIS_URL: server.url });
    await until(() => server.times.length >= 4);
    await store.close();
    await server.close();
    const pauses = server.times.slice(1).map((time, index) => time - (server.times[index] ?? time));
    // The smallest delay is 200 ms, and a timer may fire a millisecond early.
    expect(Math.min(...pauses)).toBeGreaterThan(190);
  });

  it('leaves no connection open when it is stopped while connecting', async () => {
    const ended = Promise.withResolvers<void>();
    const server = await startServer((socket) => {
      // A silent connection would be closed after a timeout.
      const timer = setInterval(() => socket.write('+OK\r\n'), 1_000);
      socket.resume().on('close', () => {
        clearInterval(timer);
        ended.resolve();
      });
    });
    const { store } = openStore({ REDIS_URL: server.url });
    await store.close();
    await ended.promise;
    await server.close();
    expect(server.times).toHaveLength(1);
  });
});
