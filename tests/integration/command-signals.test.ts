import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claimDataDir } from '../../electron/monitor/files/data-dir.ts';
import { clusterPaths } from '../../electron/monitor/store/postgres/cluster-paths.ts';
import { copyCluster } from '../cluster-template.ts';
import { startCommand, until } from '../program.ts';
import {
  databaseUrlOf,
  openTestStorage,
  queryUrl,
  tick,
  withClient,
  withDataDir,
  withEmptyDataDir,
} from './storage-fixture.ts';

const START = Date.UTC(2026, 0, 5);
const FROM = ['--from', '2026-01-01', '--to', '2026-02-01'] as const;
const RULE = '{"kind": "change", "params": {"changePct": 5}}';
const OF_RULE = ['--coin', 'bitcoin', ...FROM] as const;

/** Commands that use the database, with the table that each reads early. */
const COMMANDS = [
  { name: 'verify', args: ['verify', ...FROM], table: 'archived_months' },
  { name: 'migrate', args: ['migrate'], table: 'schema_migrations' },
  { name: 'backtest', args: ['backtest', '--rule', RULE, ...OF_RULE], table: 'series' },
  {
    name: 'rules solve',
    args: ['rules', 'solve', RULE, '--param', 'changePct', '--per-week', '1', ...OF_RULE],
    table: 'series',
  },
  { name: 'lake', args: ['lake', 'duckdb'], table: 'archive_files' },
  { name: 'export', args: ['export', 'ticks', '--coin', 'bitcoin'], table: null },
  { name: 'import', args: ['import', 'ticks', '-', '--coin', 'bitcoin'], table: null },
  { name: 'archive', args: ['archive', 'verify'], table: null },
  { name: 'backup', args: ['backup', 'backups'], table: null },
] as const;

const CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

describe('a command that a signal interrupts', () => {
  it.each(COMMANDS.map((command, place) => ({ ...command, signal: SIGNALS[place % 3] ?? 'SIGINT' })))(
    'stops the embedded server that it started: $name, $signal',
    ({ args, signal }) =>
      withEmptyDataDir(async (dataDir) => {
        copyCluster(dataDir);
        const lock = join(clusterPaths(dataDir).cluster, 'postmaster.pid');
        const command = startCommand(args, {
          MONITOR_DATA_DIR: dataDir,
          MONITOR_ARCHIVE_URL: join(dataDir, 'archive'),
        });
        await until(() => existsSync(lock));
        command.kill(signal);
        const { code, stdout, stderr } = await command.finished;
        expect(stderr).toMatch(/^crypto-price-monitor: (interrupted by SIG|Stopped: 0 rows were accepted)/m);
        expect({ code, stdout }).toEqual({ code: CODES[signal], stdout: '' });
        expect(existsSync(lock)).toBe(false);
        claimDataDir(dataDir).release();
      }),
  );

  it('does not wait for a running query, and changes nothing', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      await storage.accept({ ticks: [tick({ observedAt: START })], alerts: [] });
      await storage.untilWritten();
      const url = await databaseUrlOf(dataDir);
      const contents = () => queryUrl(url, 'select * from candles_1m, schema_migrations order by version');
      const before = await contents();
      for (const { name, args, table } of COMMANDS) {
        if (table === null) continue;
        await withClient(url, async (client) => {
          await client.query(`begin; lock table ${table} in access exclusive mode`);
          const command = startCommand(args, {
            DATABASE_URL: url,
            MONITOR_DATA_DIR: join(dataDir, 'elsewhere'),
            MONITOR_ARCHIVE_URL: join(dataDir, 'archive'),
          });
          await until(
            async () =>
              (
                await queryUrl(
                  url,
                  `select from pg_locks where not granted and relation = '${table}'::regclass`,
                )
              ).length > 0,
          );
          command.kill('SIGTERM');
          const { code, stdout, stderr } = await command.finished;
          expect(stderr, name).toContain('interrupted by SIGTERM');
          expect({ code, stdout }, name).toEqual({ code: 143, stdout: '' });
          await client.query('rollback');
        });
      }
      expect(await contents()).toEqual(before);
      await storage.stop(10_000);
    }));
});
