import { describe, expect, it } from 'vitest';
import { runCli } from '../program.ts';
import { openTestStorage, queryEmbedded, tick, withDataDir } from './storage-fixture.ts';

const START = Date.UTC(2026, 0, 31, 23);

/** Trades and polled prices of one source, and polled prices of another, before and after the end of a month. */
const TICKS = Array.from({ length: 2_000 }, (_, step) =>
  tick({
    observedAt: START + step * 7_300,
    price: 100 + Math.sin(step) * 10,
    source: step % 3 === 0 ? 'coingecko' : 'kraken',
    amount: step % 3 === 1 && step % 50 < 40 ? step / 4 : null,
    volume24h: step % 3 === 0 ? 1e9 + step : null,
  }),
);

const CANDLES = ['1m', '1h', '1d'].map((interval) => `series_candles_${interval}`);

async function stored(dataDir: string): Promise<unknown[]> {
  const tables = await Promise.all(
    CANDLES.map((table) => queryEmbedded(dataDir, `select * from ${table} order by series_id, bucket`)),
  );
  return tables;
}

describe('the command verify', () => {
  it('finds candles that differ from their ticks, and repairs them', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      for (const ticks of [TICKS.slice(500), TICKS.slice(0, 600)]) {
        await storage.accept({ ticks, alerts: [] });
        await storage.untilWritten();
      }
      const range = ['verify', '--from', '2026-01-31', '--to', '2026-02-02'];
      const env = { MONITOR_DATA_DIR: dataDir };
      const sound = await runCli(range, env);
      expect(sound).toMatchObject({ code: 0, stderr: '' });
      expect(sound.stdout).toMatch(
        /^\d+ candles: 0 missing, 0 different, 0 without ticks, which are kept\.\n$/,
      );

      const before = await stored(dataDir);
      await queryEmbedded(
        dataDir,
        `delete from series_candles_1m where bucket = '2026-01-31T23:10:00Z';
         update series_candles_1m set high = high + 1, tick_count = tick_count + 1 where bucket = '2026-02-01T00:10:00Z';
         update series_candles_1h set close = 1 where bucket = '2026-02-01T01:00:00Z';
         delete from series_candles_1d`,
      );
      const days = () => queryEmbedded(dataDir, 'select day from ohlcv_daily');
      expect(await days()).toEqual([]);
      const found = await runCli(range, env);
      expect(found.code).toBe(1);
      expect(found.stdout).toContain('2026-01-31T23:10:00.000Z 1m bitcoin usd kraken: missing\n');
      expect(found.stdout).toContain(
        '2026-02-01T00:10:00.000Z 1m bitcoin usd coingecko: different (high, tick_count)\n',
      );
      expect(found.stdout).toContain('2026-02-01T01:00:00.000Z 1h bitcoin usd kraken: different (close)\n');
      expect(found.stdout).toContain('2026-02-01T00:00:00.000Z 1d bitcoin usd kraken: missing\n');
      expect(found.stderr).toContain('Run it again with --repair to correct them.');

      const repaired = await runCli([...range, '--repair'], env);
      expect(repaired).toMatchObject({ code: 0, stderr: '' });
      expect(await days()).not.toEqual([]);
      expect(await runCli(range, env)).toMatchObject({ code: 0, stdout: sound.stdout });
      expect(await stored(dataDir)).toEqual(before);
      await storage.stop(10_000);
    }));

  it('keeps candles without ticks, and reports them', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      await storage.accept({ ticks: TICKS.slice(0, 1), alerts: [] });
      await storage.untilWritten();
      await queryEmbedded(dataDir, 'delete from series_ticks');
      const args = ['verify', '--from', '2026-01-31', '--to', '2026-02-01', '--repair'];
      const { code, stdout } = await runCli(args, { MONITOR_DATA_DIR: dataDir });
      expect(code).toBe(0);
      expect(stdout).toBe(
        '2026-01-31T23:00:00.000Z 1m bitcoin usd coingecko: without-ticks\n' +
          '3 candles: 0 missing, 0 different, 1 without ticks, which are kept.\n',
      );
      await storage.stop(10_000);
    }));
});
