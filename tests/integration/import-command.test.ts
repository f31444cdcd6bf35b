import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLI, runCli } from '../program.ts';
import { importInto } from './import-fixture.ts';
import { databaseUrlOf, openTestStorage, queryUrl, withDataDir } from './storage-fixture.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/import');

/** Files of trades of exchanges: name, layout, and the traded amount. */
const TRADES: readonly (readonly [string, string, number])[] = [
  ['binance-trades-2024.csv', 'binance-trades', 0.06],
  ['binance-trades-2025.csv', 'binance-trades', 0.003],
  ['binance-futures-trades.csv', 'binance-trades', 0.018],
  ['binance-agg-trades-2024.csv', 'binance-agg-trades', 0.7],
  ['binance-futures-agg-trades.csv', 'binance-agg-trades', 0.6],
  ['kraken-trades.csv', 'table', 2.2],
  ['prices.jsonl', 'table', 0],
];

describe('the command import', () => {
  it('imports files of trades while the program runs, and reports refused lines and what to do', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      await storage.untilReady();
      const url = await databaseUrlOf(dataDir);
      for (const [name, layout, traded] of TRADES) {
        const source = name.replace(/\..*/, '');
        const summary = await importInto(url, 'ticks', { path: join(FIXTURES, name) }, { source });
        expect(summary).toMatchObject({ layout, accepted: 3, refused: 0 });
        const [row] = await queryUrl<{ count: number; amount: number }>(
          url,
          `select count(*)::integer, coalesce(round(sum(amount)::numeric, 9), 0)::double precision as amount
           from ticks where source = '${source}'`,
        );
        expect(row).toEqual({ count: 3, amount: traded });
      }

      const env = { DATABASE_URL: url, MONITOR_DATA_DIR: join(dataDir, 'none') };
      const faulty = join(dataDir, 'faulty.csv');
      const wrong = Array.from(
        { length: 12 },
        (_, row) => `2026-01-01T00:01:${10 + row}Z,"cheap, at ${row}",1`,
      );
      writeFileSync(
        faulty,
        ['time,price,amount', '2026-01-01T00:00:00Z,100,1', ...wrong, '2026-01-01T00:02:00Z,101,', ''].join(
          '\r\n',
        ),
      );
      const refused = join(dataDir, 'refused.csv');
      const args = ['import', 'ticks', faulty, '--coin', 'bitcoin'];
      const first = await runCli([...args, '--refused', refused], env);
      expect(first).toMatchObject({
        code: 0,
        stdout:
          'bitcoin in usd, ticks of import from 2026-01-01T00:00:00.000Z to 2026-01-01T00:02:00.000Z, read as a table\n' +
          '2 accepted, 0 repeated, 12 refused\n',
      });
      const days = `select tick_count::integer from ohlcv_daily where day = '2026-01-01' and source = 'import'`;
      expect(await queryUrl(url, days)).toEqual([{ tick_count: 2 }]);
      expect(first.stderr.split('\n')).toHaveLength(11);
      expect(first.stderr).toContain('line 3: "cheap, at 0" is not a price above 0\n');
      expect(readFileSync(refused, 'utf8').split('\n')).toHaveLength(14);
      expect(readFileSync(refused, 'utf8')).toContain('\n14,"""cheap, at 11"" is not a price above 0"\n');

      // From standard input, as after `zstd -d` or `unzip -p`.
      const piped = spawnSync(process.execPath, [CLI, 'import', 'ticks', '-', '--coin', 'bitcoin'], {
        input: readFileSync(faulty),
        env: { ...process.env, ...env },
        encoding: 'utf8',
      });
      expect(piped.stdout).toContain('\n0 accepted, 2 repeated, 12 refused\n');
      expect(piped.stderr).toContain('… and 2 more. To have all of them in a file, add --refused FILE.');
      expect(piped.status).toBe(0);

      writeFileSync(faulty, 'time,price\nnever,1\n');
      const none = await runCli(args, env);
      expect(none).toMatchObject({ code: 1, stdout: '' });
      expect(none.stderr).toContain('Nothing was imported: the only row was refused.');
      expect(
        (await runCli(['import', 'ticks', join(dataDir, 'no.csv'), '--coin', 'bitcoin'], env)).stderr,
      ).toContain('no.csv: it does not exist');
      expect((await runCli([...args, '--source', 'kraken'], env)).stderr).toContain('such as kraken-files');
      expect((await runCli([...args, '--refused', dataDir], env)).stderr).toContain('this is a folder');

      // With the database and the quote currency of settings.json.
      writeFileSync(join(dataDir, 'settings.json'), JSON.stringify({ databaseUrl: url, vsCurrency: 'eur' }));
      const own = ['import', 'ticks', join(FIXTURES, 'prices.jsonl'), '--coin', 'bitcoin'];
      const { stdout } = await runCli(own, { MONITOR_DATA_DIR: dataDir });
      expect(stdout).toContain('bitcoin in eur, ticks of import');
      await storage.stop(10_000);
    }));

  it('refuses ticks of months that are not in the database, and concurrent imports', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      await storage.untilReady();
      const url = await databaseUrlOf(dataDir);
      const lines =
        '2025-10-31T23:59:59.999Z,1,1\n2025-11-01T00:00:00.000Z,2,1\n2025-12-01T00:00:00.000Z,3,1\n';
      expect(await importInto(url, 'ticks', lines)).toMatchObject({ accepted: 3 });
      await queryUrl(
        url,
        `insert into archived_months (relation, month, state, changed_at) values
           ('series_ticks', '2025-10-01', 'archived', now()), ('series_ticks', '2025-11-01', 'deleted', now());
         insert into archive_files (relation, month, series_id, part, archive_url, path, state, written_at)
           select 'series_ticks', '2025-10-01', id, 1, '/archive', 'path', 'archived', now() from series`,
      );
      const reasons = ['archived-month', 'deleted-month'].map((code) => ({
        reason: { code: `import.${code}` },
      }));
      expect(await importInto(url, 'ticks', lines)).toMatchObject({
        accepted: 0,
        repeated: 1,
        refusals: reasons,
      });
      // Another source has no rows in the archive, so its ticks can neither be compared wrongly nor counted twice.
      const [, deleted] = reasons;
      expect(await importInto(url, 'ticks', lines, { source: 'other' })).toMatchObject({
        accepted: 2,
        refusals: [deleted],
      });

      const reading = Promise.withResolvers<void>();
      const blocked = (async function* () {
        yield Buffer.from(lines);
        reading.resolve();
        await new Promise(() => undefined);
      })();
      const stopping = new AbortController();
      const input = { stream: blocked };
      const slow = importInto(url, 'ticks', '', { input, signal: stopping.signal });
      await Promise.race([slow, reading.promise]);
      await expect(importInto(url, 'ticks', lines)).rejects.toThrow(
        'Another import into this database is running',
      );
      stopping.abort(new Error('enough'));
      await expect(slow).rejects.toThrow('enough');
      expect(await importInto(url, 'ticks', lines)).toMatchObject({ repeated: 1 });
      await storage.stop(10_000);
    }));
});
