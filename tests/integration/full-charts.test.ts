import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { openMonitor } from '../../electron/monitor/compose.ts';
import { silentLog } from '../../electron/monitor/logging/logger.ts';
import type { Monitor } from '../../electron/monitor/monitor.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import type { EventMessage } from '../../shared/contract/events.ts';
import type { CandleSeries } from '../../shared/domain/candle-series.ts';
import { HISTORY_INTERVALS, type Interval } from '../../shared/domain/interval.ts';
import { copyCluster } from '../cluster-template.ts';
import { COMPILE_CACHE } from '../compile-cache.ts';
import { CLI, environmentFor, until, withFolder } from '../program.ts';
import { textOf } from '../text-of.ts';
import { queryEmbedded } from './storage-fixture.ts';

/**
 * The minimum number of candles of Bitcoin after the first backfill, from exchange and CoinGecko, and from CoinGecko
 * alone.
 */
const LEAST = {
  exchange: { '1m': 700, '5m': 700, '15m': 700, '1h': 1_000, '4h': 700, '1d': 700 },
  coinGecko: { '1m': 1, '5m': 280, '15m': 94, '1h': 1_000, '4h': 530, '1d': 360 },
} as const;

function settingsFor(folder: string, market: DemoServer, withExchange: boolean) {
  const time = { speed: 1, origin: Date.now(), pollSeconds: 5 };
  return environmentFor(folder, market.url, time, withExchange ? market.exchangeUrl : undefined);
}

async function withMarket(work: (market: DemoServer, folder: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    copyCluster(folder);
    const market = await startDemoServer({ clock: systemClock, seed: 'charts', record: true });
    try {
      await work(market, folder);
    } finally {
      await market.close();
    }
  });
}

async function candles(monitor: Monitor, interval: Interval): Promise<CandleSeries> {
  const input = { coinId: 'bitcoin', interval, limit: 1_000 };
  const response = await monitor.dispatch({ id: 1, procedure: 'candles', input });
  if (!response.ok) throw new Error(textOf(response.error.message));
  return response.output as CandleSeries;
}

describe('charts on the first run', () => {
  it.each(['exchange', 'coinGecko'] as const)('are full after the first backfill, from %s', (from) =>
    withMarket(async (market, folder) => {
      const env = settingsFor(folder, market, from === 'exchange');
      const monitor = await openMonitor({
        dataDir: folder,
        flags: {},
        env,
        clock: systemClock,
        log: silentLog,
      });
      const events: EventMessage[] = [];
      monitor.subscribe((event) => events.push(event));
      monitor.start();
      try {
        await until(() => monitor.snapshot().status.backfill !== undefined);
        await until(() => monitor.snapshot().status.backfill === undefined);
        for (const interval of HISTORY_INTERVALS) {
          const series = await candles(monitor, interval);
          expect(series.candles.length, interval).toBeGreaterThanOrEqual(LEAST[from][interval]);
          if (interval !== '1m')
            expect(series.volumeKind).toBe(from === 'exchange' ? 'traded' : 'rolling-24h');
        }
        const notified = events.flatMap((one) => (one.event === 'history' ? [one.payload.coinId] : []));
        expect(new Set(notified)).toEqual(new Set(['bitcoin', 'ethereum', 'zcash']));
        // The first exchange lists every coin, so no other is used.
        const exchanges = market.requests().flatMap(({ url }) => /^\/exchange\/(\w+)/.exec(url)?.[1] ?? []);
        expect(new Set(exchanges)).toEqual(new Set(from === 'exchange' ? ['kraken'] : []));
      } finally {
        await monitor.stop(5_000);
      }
    }),
  );

  it('are completed after a kill by the next start, and each response is stored once', () =>
    withMarket(async (market, folder) => {
      const env = {
        ...COMPILE_CACHE,
        ...settingsFor(folder, market, false),
        PATH: process.env.PATH ?? '',
        HOME: folder,
      };
      const run = (): ChildProcess => spawn(process.execPath, [CLI, 'run'], { env, stdio: 'ignore' });
      const requested = (): readonly string[] =>
        market
          .requests()
          .flatMap(({ endpoint, url }) =>
            endpoint === '/coins/{id}/market_chart' || endpoint === '/coins/{id}/ohlc' ? [url] : [],
          );
      const first = run();
      await until(() => requested().length >= 4);
      first.kill('SIGKILL');
      await once(first, 'close');
      const before = requested().length;
      const second = run();
      try {
        await until(() => new Set(requested()).size >= 12);
        await until(async () => {
          const rows = await queryEmbedded<{ series: number }>(
            folder,
            'select count(distinct (coin_id, resolution_seconds))::integer as series from history_candles',
          ).catch(() => []); // the server is starting
          return rows[0]?.series === 12;
        });
        // Only what was in flight at the kill is requested again.
        expect(requested().length - 12).toBeLessThanOrEqual(1);
        expect(before).toBeLessThan(12);
      } finally {
        second.kill('SIGTERM');
        await once(second, 'close');
      }
    }));
});
