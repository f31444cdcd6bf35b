import { expect, it } from 'vitest';
import { startCommand, until } from '../program.ts';
import { rowsOf, withJanuary } from './archive-command.ts';
import { databaseUrlOf, queryEmbedded, withClient } from './storage-fixture.ts';

it('the archive commands stop at a signal in a consistent state, and continue when they are run again', () =>
  withJanuary(async ({ dataDir, folder, archive }) => {
    const url = await databaseUrlOf(dataDir);
    const env = { MONITOR_DATA_DIR: dataDir, MONITOR_ARCHIVE_URL: folder, MONITOR_KEEP_MINUTES_DAYS: '90' };
    const states = () =>
      queryEmbedded(dataDir, 'select relation, state from archived_months order by relation desc');

    /** Runs a command and interrupts it while it waits to read the months, before it changes any. */
    const interrupted = (...args: readonly string[]) =>
      withClient(url, async (client) => {
        await client.query('begin; lock table archived_months, archive_files in access exclusive mode');
        const command = startCommand(['archive', ...args], env);
        await until(async () => {
          const [waiting] = await queryEmbedded(
            dataDir,
            `select from pg_locks where not granted and relation in ('archived_months'::regclass, 'archive_files'::regclass)`,
          );
          return waiting;
        });
        command.kill('SIGINT');
        await until(() => command.stderr().includes('Stopping.'));
        await client.query('rollback');
        const finished = await command.finished;
        expect(finished, args[0]).toMatchObject({ code: 130 });
        expect(finished.stderr).toContain('interrupted by SIGINT');
        return finished.stdout;
      });

    const ticks = await rowsOf(dataDir, 'series_ticks');
    expect(await interrupted('run')).toBe('');
    expect(await states()).toEqual([]);
    expect(await rowsOf(dataDir, 'series_ticks')).toEqual(ticks);
    expect(await archive('run')).toMatchObject({ code: 0 });
    const archived = ['series_ticks', 'series_candles_1m'].map((relation) => ({
      relation,
      state: 'archived',
    }));
    expect(await states()).toEqual(archived);

    expect(await interrupted('verify')).toBe('');
    expect(await interrupted('restore')).toBe('');
    expect(await interrupted('prune', '--before', '2027-01-01', '--yes')).toBe('');
    expect(await states()).toEqual(archived);
    expect(await rowsOf(dataDir, 'series_ticks')).toEqual([]);
    expect((await archive('verify')).stdout).toBe('6 files with 4200 rows are intact.\n');

    // Neither month is known, and the first one is adopted as a whole.
    await queryEmbedded(dataDir, 'truncate archived_months, archive_files');
    expect((await interrupted('adopt')).trimEnd().split('\n')).toHaveLength(1);
    expect(await states()).toHaveLength(1);
    expect(await archive('adopt')).toMatchObject({ code: 0 });
    expect(await states()).toEqual(archived);
    expect(await archive('restore')).toMatchObject({ code: 0 });
    expect(await rowsOf(dataDir, 'series_ticks')).toEqual(ticks);
  }));
