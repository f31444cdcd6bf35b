import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFileSource } from '../../electron/monitor/store/parquet/byte-source.ts';
import { openParquet } from '../../electron/monitor/store/parquet/parquet-reader.ts';
import type { ParquetSchema } from '../../electron/monitor/store/parquet/parquet-schema.ts';
import { embeddedConnectionUrl } from '../../electron/monitor/store/postgres/embedded-url.ts';
import { CLI, runCli, startCommand, until } from '../program.ts';
import {
  alert,
  candlesByDefinition,
  openTestStorage,
  tick,
  withClient,
  withDataDir,
} from './storage-fixture.ts';

const START = Date.UTC(2026, 0, 1);
const SOURCE = 'a "source", with \\ and \n';

/** The format of exports, with microseconds. */
const isoTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z');

const TICKS = Array.from({ length: 12_000 }, (_, step) =>
  tick({
    observedAt: START + step * 61_000,
    price: 100 + Math.sin(step) / 3,
    amount: step % 2 === 0 ? null : 0.25,
    source: step === 7 ? SOURCE : 'kraken',
  }),
);

const TICK_COLUMNS = [
  { name: 'observed_at', type: 'timestamp' },
  { name: 'price', type: 'double' },
  { name: 'volume', type: 'double', nullable: true },
  { name: 'source', type: 'text' },
] as const satisfies ParquetSchema;

describe('the command export', () => {
  const INHIBITOR = { alertId: 'other', coinId: 'ethereum', beta: 1.5, beyondPct: 0.25 };

  it('writes ticks, candles and alerts as they are stored, oldest first', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      await storage.accept({
        ticks: TICKS,
        alerts: [alert({ id: 'one', observedAt: START + 5, inhibitedBy: INHIBITOR })],
      });
      await storage.accept({ ticks: [tick({ coinId: 'zcash', observedAt: START })], alerts: [] });
      await storage.untilWritten();
      const exported = async (...args: string[]) => {
        const result = await runCli(['export', ...args, '--coin', 'bitcoin'], { MONITOR_DATA_DIR: dataDir });
        expect(result).toMatchObject({ code: 0, stderr: '' });
        return result.stdout;
      };

      const rows = (await exported('ticks', '--format', 'jsonl')).trimEnd().split('\n');
      expect(rows.map((row) => JSON.parse(row))).toEqual(
        TICKS.map(({ observedAt, price, amount, source }) => ({
          observed_at: isoTime(observedAt),
          price,
          volume: amount,
          volume_24h: null,
          market_cap: null,
          source,
        })),
      );
      const csv = await exported('ticks', '--from', '2026-01-01T00:00:00Z', '--to', '2026-01-01T00:02:02Z');
      expect(csv).toBe(
        'observed_at,price,volume,volume_24h,market_cap,source\n' +
          `2026-01-01T00:00:00.000000Z,${TICKS[0]?.price},,,,kraken\n` +
          `2026-01-01T00:01:01.000000Z,${TICKS[1]?.price},0.25,,,kraken\n`,
      );

      const own = TICKS.filter(({ source }) => source === 'kraken');
      for (const interval of ['1m', '4h', '1w'] as const) {
        const file = join(dataDir, `${interval}.csv`);
        expect(await exported('candles', '--interval', interval, '--out', file)).toBe('');
        const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
        const expected = candlesByDefinition(own, interval, 'traded').filter(
          // The only tick of this minute is from the source with the odd name.
          ({ start }) => interval !== '1m' || start !== Math.floor((START + 7 * 61_000) / 60_000) * 60_000,
        );
        expect(lines[0]).toBe('bucket,open,high,low,close,volume');
        const withoutOdd = lines
          .slice(1)
          .filter((line) => interval !== '1m' || !line.startsWith('2026-01-01T00:07'));
        expect(withoutOdd).toEqual(
          expected.map(
            ({ start, open, high, low, close, volume }) =>
              `${new Date(start).toISOString()},${open},${high},${low},${close},${volume ?? ''}`,
          ),
        );
      }
      expect(JSON.parse(await exported('alerts', '--format', 'jsonl'))).toMatchObject({
        observed_at: '2026-01-01T00:00:00.005000Z',
        id: 'one',
        figures: { average: 100, changePct: 3 },
        kind: 'moving-average',
        inhibited_by: INHIBITOR,
        resolved_at: null,
      });
      const parquet = join(dataDir, 'ticks.parquet');
      expect(await exported('ticks', '--format', 'parquet', '--out', parquet)).toBe('');
      const file = await openFileSource(parquet);
      const found: unknown[] = [];
      for await (const group of (await openParquet(file)).rows(TICK_COLUMNS)) found.push(...group);
      await file.close();
      expect(found).toEqual(
        TICKS.map(({ observedAt, price, amount, source }) => ({
          observed_at: observedAt,
          price,
          volume: amount,
          source,
        })),
      );
      expect(readdirSync(dataDir).filter((name) => name.endsWith('.part'))).toEqual([]);
      await storage.stop(10_000);
    }));

  it('leaves the database usable when its reader stops, and a file unchanged when it fails', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      await storage.accept({ ticks: TICKS, alerts: [] });
      await storage.untilWritten();
      const url = await embeddedConnectionUrl(dataDir);
      const head = spawnSync(
        'sh',
        [
          '-c',
          `"$0" "$@" | head -n 2`,
          process.execPath,
          CLI,
          'export',
          'ticks',
          '--coin',
          'bitcoin',
          '--data-dir',
          dataDir,
        ],
        { encoding: 'utf8' },
      );
      expect(head.stdout.split('\n')[1]).toContain(`,${TICKS[0]?.price},`);
      expect(head.stderr).toBe('');
      await withClient(url, async (client) => {
        const { rows } = await client.query<{ count: number }>(
          `select count(*)::integer as count from pg_stat_activity where query like 'copy (%' and state = 'active'`,
        );
        expect(rows[0]?.count).toBe(0);
      });
      const file = join(dataDir, 'kept.csv');
      writeFileSync(file, 'as it was');
      // A coin need not be watched any more, but must have stored prices.
      for (const kind of ['ticks', 'candles', 'alerts']) {
        const unknown = await runCli(['export', kind, '--coin', 'bitcion', '--out', file], {
          MONITOR_DATA_DIR: dataDir,
          MONITOR_COINS: 'bitcion',
        });
        expect(unknown).toEqual({
          code: 1,
          stdout: '',
          stderr: 'crypto-price-monitor: No prices of "bitcion" are stored. Stored coins: bitcoin.\n',
        });
      }
      const inEuros = ['export', 'alerts', '--coin', 'bitcoin', '--vs-currency', 'eur'];
      expect(await runCli(inEuros, { MONITOR_DATA_DIR: dataDir })).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('in "eur" are stored. Stored currencies: usd.'),
      });
      expect(
        await runCli(['export', 'alerts', '--coin', 'bitcoin'], {
          MONITOR_DATA_DIR: dataDir,
          MONITOR_COINS: 'zcash',
        }),
      ).toMatchObject({ code: 0, stderr: '' });
      const failed = await runCli(['export', 'ticks', '--coin', 'bitcoin', '--out', join(file, 'below')], {
        MONITOR_DATA_DIR: dataDir,
      });
      expect(failed).toMatchObject({ code: 1 });
      expect(failed.stderr).toContain('a part of this path is a file');
      expect(readFileSync(file, 'utf8')).toBe('as it was');
      await storage.stop(10_000);
    }));

  it('stops at a signal, and does not change an existing file', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      await storage.accept({ ticks: TICKS, alerts: [alert({ id: 'one', observedAt: START })] });
      await storage.untilWritten();
      const file = join(dataDir, 'alerts.csv');
      writeFileSync(file, 'before');
      const drafts = () => readdirSync(dataDir).filter((name) => name.endsWith('.part'));
      await withClient(await embeddedConnectionUrl(dataDir), async (client) => {
        await client.query('begin; lock table alerts in access exclusive mode');
        const command = startCommand(['export', 'alerts', '--coin', 'bitcoin', '--out', file], {
          MONITOR_DATA_DIR: dataDir,
        });
        await until(() => drafts().length === 1);
        command.kill('SIGINT');
        await until(() => command.stderr().includes('Stopping.'));
        await client.query('rollback');
        const finished = await command.finished;
        expect(finished).toMatchObject({ code: 130, stdout: '' });
        expect(finished.stderr).toContain('interrupted by SIGINT');
      });
      expect(drafts()).toEqual([]);
      expect(readFileSync(file, 'utf8')).toBe('before');
      await storage.stop(10_000);
    }));

  it('reports what is wrong with a command line', async () => {
    const errorOf = async (...args: string[]) => (await runCli(['export', ...args], {})).stderr;
    expect(await errorOf('quotes', '--coin', 'bitcoin')).toContain(
      'Allowed choices are ticks, candles, alerts',
    );
    expect(await errorOf('ticks')).toContain('--coin');
    expect(await errorOf('candles', '--coin', 'bitcoin', '--interval', '1y')).toContain('such as 45m');
    expect(await errorOf('ticks', '--coin', 'bitcoin', '--from', 'yesterday')).toContain('ISO 8601');
  });
});
