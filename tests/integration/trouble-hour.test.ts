import { pino } from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { openMonitor } from '../../electron/monitor/compose.ts';
import type { Monitor } from '../../electron/monitor/monitor.ts';
import { EXCHANGE_URL_VARIABLE } from '../../electron/monitor/sources/exchanges/usable-exchanges.ts';
import { type Clock, scaledClock, steadyClock, systemClock } from '../../electron/monitor/time/clock.ts';
import { alertLines, until, withFolder } from '../program.ts';
import { createScriptedMarket } from './scripted-market.ts';
import { createSeededRandom, replayable, seedFrom } from './seeded-random.ts';
import { queryEmbedded } from './storage-fixture.ts';
import { TROUBLES, type Trouble } from './troubles.ts';

const SEED = seedFrom('TROUBLE_SEED', 331);
const MINUTE_MS = 60_000;
/** An hour of the market in 40 s. */
const SPEED = 90;
/** Scales the timeout of half a minute for a silent socket, and the delays of reconnections. */
const NETWORK_SPEED = 30;
/** On the last day of a month, so that the remaining calls allow the shortest interval of the plan. */
const START = Date.UTC(2026, 2, 31, 12);
const COINS = ['bitcoin', 'ethereum', 'zcash'];
const DEMO_LIMITS = { perMinute: 30, perMonth: 10_000 };
/** Shorter than the ten seconds of the program, which would be a quarter of the hour. */
const TIMEOUT_MS = 1_500;

const realSleep = systemClock.sleep;

/** A clock that starts at an instant and can be set to another time. */
function clockFrom(at: number): Clock & { set(aheadMs: number): void } {
  const startedAt = performance.now();
  let ahead = 0;
  return {
    now: () => Math.round(at + ahead + (performance.now() - startedAt) * SPEED),
    sleep: (ms, signal) => realSleep(ms / SPEED, signal),
    speed: SPEED,
    set(aheadMs) {
      ahead = aheadMs;
    },
  };
}

const impatientFetch: typeof globalThis.fetch = (input, init) => {
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  return fetch(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, limit]) : limit });
};

type Row = {
  readonly coin_id: string;
  readonly source: string;
  readonly observed_at: Date;
  readonly price: number;
};

const isStreamed = (monitor: Monitor): boolean => {
  const streams = monitor.snapshot().status.exchanges?.streams ?? [];
  return streams.length === 1 && streams[0]?.status === 'live';
};
const isLive = (monitor: Monitor): boolean =>
  monitor.snapshot().status.feed.status === 'live' && isStreamed(monitor);

/** The largest number of calls in any minute. */
function mostPerMinute(times: readonly number[]): number {
  return Math.max(
    ...times.map((start) => times.filter((at) => at >= start && at < start + MINUTE_MS).length),
  );
}

afterEach(() => {
  vi.restoreAllMocks();
  for (const clock of [systemClock, steadyClock]) Object.assign(clock, { speed: 1 });
});

describe('an hour of trouble', () => {
  it('loses no tick, raises no false alert, and stays within the budget', () =>
    replayable('TROUBLE_SEED', SEED, () =>
      withFolder(async (folder) => {
        const network = scaledClock(NETWORK_SPEED, Date.now());
        // Speeds up what uses the machine's clock, such as heartbeats and reconnections.
        for (const clock of [systemClock, steadyClock]) {
          vi.spyOn(clock, 'now').mockImplementation(network.now);
          vi.spyOn(clock, 'sleep').mockImplementation(network.sleep);
          Object.assign(clock, { speed: network.speed });
        }
        const random = createSeededRandom(SEED);
        const marketClock = clockFrom(START);
        const clock = clockFrom(START);
        const server = await startDemoServer({
          clock: marketClock,
          seed: 'trouble',
          jumpsPerDay: 0,
          record: true,
        });
        server.exchange.setOffset(3);
        const errors: string[] = [];
        const log = pino({ level: 'error' }, { write: (line: string) => errors.push(line) });
        const monitor = await openMonitor({
          dataDir: folder,
          // Only Kraken has faults; if others were enabled, the coins would switch to them.
          flags: { coins: COINS.join(','), exchanges: 'kraken' },
          env: {
            COINGECKO_BASE_URL: server.url,
            COINGECKO_API_KEY: 'CG-a-demo-key',
            [EXCHANGE_URL_VARIABLE]: server.exchangeUrl,
          },
          clock,
          random: random.next,
          log,
          network: { fetch: impatientFetch, routesTo: async () => ['direct'] },
        });
        monitor.start();
        let isSilent = false;
        const market = createScriptedMarket({
          server,
          clock: marketClock,
          random,
          coins: COINS,
          isFollowed: () => isStreamed(monitor),
          isSilent: () => isSilent,
        });
        const wait = (ms: number): Promise<void> => marketClock.sleep(ms);
        const expected: string[] = [];

        const jump = async (coinId: string, pct: number): Promise<void> => {
          await until(() => isLive(monitor));
          await wait(4 * MINUTE_MS);
          expected.push(`${coinId} ${Math.sign(pct)}`);
          market.jump(coinId, pct);
          await until(() => alertLines(folder).length >= expected.length);
        };
        const suffer = async (trouble: Trouble): Promise<void> => {
          isSilent = trouble.isSilence ?? false;
          trouble.begin({ server, clock, random });
          await wait(random.whole(90, 180) * 1_000);
          end(server, clock);
          isSilent = false;
          await wait(random.whole(15, 90) * 1_000);
        };

        try {
          market.start();
          await jump('bitcoin', 3);
          const troubles = random.shuffled(TROUBLES);
          const half = Math.floor(troubles.length / 2);
          for (const trouble of troubles.slice(0, half)) await suffer(trouble);
          await jump('ethereum', -3);
          for (const trouble of troubles.slice(half)) await suffer(trouble);
          while (marketClock.now() < START + 52 * MINUTE_MS) await suffer(random.pick(TROUBLES));
          await jump('zcash', 4);

          await until(() => isLive(monitor));
          await market.stop();
          server.freeze(marketClock.now());
          const respondedAt = (): number => {
            const { feed } = monitor.snapshot().status;
            return feed.status === 'live' ? feed.lastSuccessAt : 0;
          };
          for (let poll = 0; poll < 2; poll++) {
            const before = respondedAt();
            await until(() => respondedAt() > before);
          }
          await until(() => {
            const { database, queue } = monitor.snapshot().status;
            return database.status === 'ready' && queue.waitingTicks === 0;
          });

          const alerts = alertLines(folder).map((line) => {
            const [, coinId, sign] = /Alert: (\S+) .* change ([+-])/.exec(line) ?? [];
            return `${coinId} ${sign === '+' ? 1 : -1}`;
          });
          expect(alerts).toEqual(expected);
          expect(await queryEmbedded(folder, 'select id from alerts')).toHaveLength(expected.length);

          const rows = await queryEmbedded<Row>(
            folder,
            'select coin_id, source, observed_at, price from ticks',
          );
          const of = (source: string): readonly string[] =>
            rows
              .filter((row) => row.source === source)
              .map((row) => `${row.coin_id} ${row.observed_at.getTime()} ${row.price}`);
          const served = server.served().map((one) => `${one.coinId} ${one.lastUpdatedAt} ${one.price}`);
          expect(of('coingecko').toSorted()).toEqual([...new Set(served)].toSorted());

          const traded = of('kraken').filter((key) => market.isTrade(key));
          const polled = of('kraken').filter((key) => !market.isTrade(key));
          const given = market.givenTrades();
          expect(given.filter((key) => !traded.includes(key))).toEqual([]);
          // Not all trades: those during silence, or in an outage of more than five minutes, cannot be fetched.
          expect(given.length).toBeGreaterThan(market.printed() / 2);
          expect(polled.filter((key) => !market.isPossible(key))).toEqual([]);
          expect(new Set(rows.map(({ source }) => source))).toEqual(new Set(['coingecko', 'kraken']));
          expect(
            await queryEmbedded(
              folder,
              `select (select sum(tick_count) from candles_1m)::integer as counted,
                 (select count(*) from ticks)::integer as stored`,
            ),
          ).toEqual([{ counted: rows.length, stored: rows.length }]);

          const calls = server
            .requests()
            .filter(({ endpoint }) => endpoint !== null && !endpoint.startsWith('/0/public/'));
          expect(mostPerMinute(calls.map(({ at }) => at))).toBeLessThanOrEqual(DEMO_LIMITS.perMinute);
          const { budget, queue, problems } = monitor.snapshot().status;
          expect(budget?.plan).toBe('demo');
          expect(calls.length).toBeLessThanOrEqual(budget?.usedThisMonth ?? 0);
          expect(budget?.usedThisMonth).toBeLessThanOrEqual(DEMO_LIMITS.perMonth);
          expect(calls.every(({ headers }) => headers['x-cg-demo-api-key'] === 'CG-a-demo-key')).toBe(true);
          expect({ queue, problems }).toEqual({ queue: { waitingTicks: 0, deadLetters: 0 }, problems: [] });
          expect(errors).toEqual([]);
          await until(() => isLive(monitor));
        } finally {
          await market.stop();
          await monitor.stop(5_000);
          await server.close();
        }
      }),
    ));
});

function end(server: DemoServer, clock: { set(aheadMs: number): void }): void {
  server.clearFaults();
  server.exchange.setSocketFault(null);
  clock.set(0);
}
