import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import { DEFAULT_RETENTION } from '../../shared/settings/retention.ts';
import { CLI, runCli } from '../program.ts';
import { textOf } from '../text-of.ts';
import { KRAKEN, rowsOf, withJanuary } from './archive-command.ts';
import { JANUARY, januaryTicks } from './archive-fixture.ts';
import { openTestStorage, queryEmbedded, tick } from './storage-fixture.ts';

const DAY_MS = 86_400_000;

describe('the command archive', () => {
  it('archives due months, lists and verifies them, and restores every row exactly', () =>
    withJanuary(async ({ dataDir, archive }) => {
      const [ticks, minutes, hours] = await Promise.all(
        ['series_ticks', 'series_candles_1m', 'series_candles_1h'].map((table) => rowsOf(dataDir, table)),
      );
      expect((await archive('run', '--dry-run')).stdout).toMatch(
        /2026-01 ticks: due, \d+ bytes in the database/,
      );
      const ran = await archive('run');
      expect(ran).toMatchObject({ code: 0 });
      expect(ran.stdout).toMatch(
        /^2026-01 ticks: 2100 rows archived in 3 files of \d+ bytes.*\n2026-01 minute candles: 2100 rows/,
      );
      expect(await rowsOf(dataDir, 'series_ticks')).toEqual([]);
      expect(await rowsOf(dataDir, 'series_candles_1m')).toEqual([]);
      expect(await rowsOf(dataDir, 'series_candles_1h')).toEqual(hours);
      expect((await archive('run')).stderr).toContain('No month is due.');
      const listed = (await archive('list')).stdout.trimEnd().split('\n');
      expect(listed.map((line) => JSON.parse(line))).toMatchObject([
        { month: '2026-01', kind: 'ticks', state: 'archived', files: 3, rows: 2_100 },
        { month: '2026-01', kind: 'candles_1m', state: 'archived', files: 3, rows: 2_100 },
      ]);
      expect((await archive('verify')).stdout).toBe('6 files with 4200 rows are intact.\n');

      const restored = await archive('restore', '--from', '2026-01-15', '--to', '2026-02-01');
      expect(restored.stdout).toContain('2026-01 ticks: 2100 rows restored; retention skips them until');
      expect(await rowsOf(dataDir, 'series_ticks')).toEqual(ticks);
      expect(await rowsOf(dataDir, 'series_candles_1m')).toEqual(minutes);
      // Restored months are exempt from retention for a while.
      expect((await archive('run')).stderr).toContain('No month is due.');
      // Afterwards, nothing has to be written again.
      await queryEmbedded(dataDir, `update archived_months set keep_until = now() - interval '1 second'`);
      expect((await archive('run')).stdout).toContain('2026-01 ticks: 0 rows archived in 0 files of 0 bytes');
      expect((await archive('verify')).stdout).toBe('6 files with 4200 rows are intact.\n');
    }));

  it('writes late rows to additional files, and returns them once', () =>
    withJanuary(async ({ dataDir, folder, storage, archive }) => {
      await archive('run');
      const [known] = januaryTicks();
      const late = tick({
        coinId: 'bitcoin',
        source: 'kraken',
        observedAt: JANUARY.from + 5,
        price: 1,
        amount: 3,
      });
      await storage.stop(10_000);
      const again = openTestStorage(dataDir);
      await again.accept({ ticks: [late, ...(known === undefined ? [] : [known])], alerts: [] });
      await again.untilWritten();
      // Its minutes are in the archive, but its hour includes both the earlier and the late ticks.
      const [hour] = await queryEmbedded(
        dataDir,
        `select open, high, low from candles_1h where source = 'kraken' order by bucket limit 1`,
      );
      expect(hour).toEqual({ open: known?.price, high: known?.price, low: 1 });
      await queryEmbedded(dataDir, `update archived_months set changed_at = now() - interval '2 days'`);
      expect((await archive('run')).stdout).toContain('2026-01 ticks: 1 rows archived in 1 files');
      expect(
        readFileSync(join(folder, KRAKEN.replace('0001', '0002')))
          .subarray(0, 4)
          .toString(),
      ).toBe('PAR1');
      await archive('restore');
      const found = await queryEmbedded(
        dataDir,
        `
        select count(*)::integer as count, count(*) filter (where price = 1)::integer as late from ticks`,
      );
      expect(found).toEqual([{ count: 2_101, late: 1 }]);
      const [minute] = await queryEmbedded<{ low: number }>(
        dataDir,
        `select low from candles_1m where source = 'kraken' order by bucket limit 1`,
      );
      expect(minute).toEqual({ low: 1 });
      await again.stop(10_000);
    }));

  it('reports a changed, a truncated and a missing file, and restores none of them', () =>
    withJanuary(async ({ dataDir, folder, archive }) => {
      await archive('run');
      const path = join(folder, KRAKEN);
      const bytes = readFileSync(path);
      const faults: readonly (readonly [() => void, string])[] = [
        [
          () => writeFileSync(path, bytes.with(2_000, (bytes[2_000] ?? 0) ^ 1)),
          'its bytes are not those that were written',
        ],
        [() => appendFileSync(path, 'x'), `bytes instead of ${bytes.length}`],
        [() => rmSync(path), 'it does not exist'],
      ];
      for (const [damage, expected] of faults) {
        writeFileSync(path, bytes);
        damage();
        const verified = await archive('verify', '--from', '2026-01-01');
        expect(verified.stdout).toContain(`Cannot read ${KRAKEN}`);
        expect(verified.stdout).toContain(expected);
        expect(verified).toMatchObject({ code: 1 });
        expect(verified.stderr).toContain('1 of 6 files are not as they were written');
        const restored = await archive('restore', '--only', 'ticks');
        expect(restored.stderr).toContain(KRAKEN);
        expect(restored.code).toBe(1);
        expect(await rowsOf(dataDir, 'series_ticks')).toEqual([]);
      }
    }));

  it('drops nothing while the archive is missing, and does not change files of other programs in it', () =>
    withJanuary(async ({ dataDir, folder, archive }) => {
      const ticks = await rowsOf(dataDir, 'series_ticks');
      renameSync(folder, `${folder}-away`);
      expect(await archive('run')).toMatchObject({ code: 1, stdout: '' });
      expect((await archive('run')).stderr).toContain(`the folder ${folder} does not exist`);
      renameSync(`${folder}-away`, folder);
      mkdirSync(join(folder, KRAKEN, '..'), { recursive: true });
      writeFileSync(join(folder, KRAKEN), 'a file of another database');
      const ran = await archive('run');
      expect(ran.code).toBe(0);
      expect(ran.stdout).toContain(`${KRAKEN} exists with other rows, and is not changed`);
      expect(readFileSync(join(folder, KRAKEN), 'utf8')).toBe('a file of another database');
      expect(await rowsOf(dataDir, 'series_ticks')).toEqual([]);
      await archive('restore');
      expect(await rowsOf(dataDir, 'series_ticks')).toEqual(ticks);
    }));

  it.skipIf(process.platform === 'win32')('reports a full disk, and drops nothing (needs ulimit)', () =>
    withJanuary(async ({ dataDir, folder, archive }) => {
      const ticks = await rowsOf(dataDir, 'series_ticks');
      // The limit is in blocks of 512 or 1,024 bytes: write(2) fails beyond it, as on a full disk.
      const limited = spawnSync(
        '/bin/sh',
        ['-c', 'ulimit -f 8; exec "$0" "$@"', process.execPath, CLI, 'archive', 'run'],
        {
          env: { PATH: process.env.PATH ?? '', MONITOR_DATA_DIR: dataDir, MONITOR_ARCHIVE_URL: folder },
          encoding: 'utf8',
        },
      );
      expect(limited).toMatchObject({ status: 1, stdout: '' });
      expect(limited.stderr).toMatch(/Cannot write ticks\/.* in \/.*: there is no space: EFBIG/);
      expect(await rowsOf(dataDir, 'series_ticks')).toEqual(ticks);
      expect(await archive('run')).toMatchObject({ code: 0 });
      expect((await archive('verify')).stdout).toBe('6 files with 4200 rows are intact.\n');
    }),
  );

  it('permanently deletes only the given months', () =>
    withJanuary(async ({ dataDir, folder, archive }) => {
      const without = await runCli(['archive', 'run'], { MONITOR_DATA_DIR: dataDir });
      expect(without).toMatchObject({ code: 1, stdout: '' });
      expect(without.stderr).toContain('No archive is set.');
      await archive('run');
      expect((await archive('prune', '--before', '2026-03-01')).stderr).toContain('6 files of 2 months');
      expect((await archive('verify')).stdout).toContain('6 files');
      const pruned = await archive('prune', '--before', '2026-03-01', '--only', 'ticks', '--yes');
      expect(pruned.stdout).toBe('2026-01 ticks: 3 files deleted permanently\n');
      expect(() => readFileSync(join(folder, KRAKEN))).toThrow('ENOENT');
      expect((await archive('verify')).stdout).toContain('3 files with 2100 rows are intact.');
    }));
});

describe('the running program', () => {
  it('returns the same candles of archived minutes as before', () =>
    withJanuary(async ({ folder, storage, archive }) => {
      const queries = (['1m', '5m', '30m', '45m', '1h', '1d'] as const).flatMap((interval) =>
        [3, 100, 1_000].flatMap((limit) =>
          [JANUARY.to + 1, JANUARY.from + 10 * 86_400_000].map((before) => ({
            coinId: 'bitcoin',
            vsCurrency: 'usd',
            interval,
            limit,
            before,
          })),
        ),
      );
      // One after the other: with more queries than connections, some could time out on a busy machine.
      const drawn = async () => {
        const all: Awaited<ReturnType<typeof storage.candles>>[] = [];
        for (const query of queries) all.push(await storage.candles(query));
        return all;
      };
      const before = await drawn();
      expect(before[0]?.candles).toHaveLength(3);
      await archive('run');
      expect(await drawn()).toEqual(before);
      await archive('restore');
      expect(await drawn()).toEqual(before);
      await archive('prune', '--before', '2026-03-01', '--yes');
      rmSync(folder, { recursive: true });
      expect(await drawn()).toEqual(before);
    }));

  it('archives due months in a worker, and reports why it cannot', () =>
    withJanuary(async ({ dataDir, folder, storage }) => {
      await storage.stop(10_000);
      rmSync(folder, { recursive: true });
      const retention = { ...DEFAULT_RETENTION, archiveUrl: folder };
      const again = openTestStorage(dataDir, '', systemClock, retention);
      const problems = (): string =>
        again
          .problems()
          .map(({ message }) => textOf(message))
          .join('\n');
      await again.until(() => problems().includes(`the folder ${folder} does not exist`));
      expect(problems()).toContain('Months that are due cannot be archived, and stay in the database');
      mkdirSync(folder);
      again.retentionChanged();
      await again.until(() => problems() === '');
      expect(await rowsOf(dataDir, 'series_ticks')).toEqual([]);
      expect(readFileSync(join(folder, KRAKEN)).length).toBeGreaterThan(1_000);
      await again.stop(10_000);
    }));

  it('also uses the corrected clock in the worker to decide which months are due', () =>
    withJanuary(async ({ dataDir, folder, storage }) => {
      await storage.stop(10_000);
      // The machine's clock is a year behind. By that clock, January would be kept for another half year.
      const clock = { ...systemClock, now: () => systemClock.now() + 365 * DAY_MS };
      const keepTicksDays = Math.ceil((systemClock.now() - JANUARY.to) / DAY_MS) + 180;
      const again = openTestStorage(dataDir, '', clock, {
        ...DEFAULT_RETENTION,
        archiveUrl: folder,
        keepTicksDays,
        keepMinutesDays: null,
      });
      let isArchiving = false;
      await again.until(() => {
        const wasArchiving = isArchiving;
        isArchiving = again.problems().some(({ id }) => id === 'archive');
        return wasArchiving && !isArchiving;
      });
      expect(await rowsOf(dataDir, 'series_ticks')).toEqual([]);
      await again.stop(10_000);
    }));
});

it('DuckDB reads the archive without loss, including the columns in the names of its folders', () =>
  withJanuary(async ({ dataDir, folder, archive }) => {
    const stored = await queryEmbedded(
      dataDir,
      `select coin_id, vs_currency, source, extract(epoch from observed_at) * 1000 as at, price, volume_24h, market_cap, amount
       from ticks order by 1, 2, 3, 4`,
    );
    await archive('run');
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const reader = await connection.runAndReadAll(`
      select coin_id, vs_currency, source, epoch_us(observed_at) as us, price, volume_24h, market_cap, amount, month
      from read_parquet('${folder}/ticks/**/*.parquet', hive_partitioning = true, hive_types_autocast = false)
      order by 1, 2, 3, 4`);
    const read = reader.getRowObjects().map(({ us, month, ...row }) => {
      expect(month).toBe('2026-01');
      return { ...row, at: String(Number(us) / 1_000) };
    });
    const expected = stored.map((row) => ({ ...row, at: String(Number((row as { at: string }).at)) }));
    expect(read).toEqual(expected);
    const types = await connection.runAndReadAll(
      `select distinct typeof(observed_at) as type from read_parquet('${folder}/ticks/**/*.parquet')`,
    );
    expect(types.getRowObjects()).toEqual([{ type: 'TIMESTAMP WITH TIME ZONE' }]);
    connection.closeSync();
    instance.closeSync();
  }));
