import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { buildApp } from 'fauxqs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { silentLog } from '../../electron/monitor/logging/logger.ts';
import { openTarget } from '../../electron/monitor/store/archive/targets/open-target.ts';
import { findBackup } from '../../electron/monitor/store/backup/known-backups.ts';
import { restoreBackup } from '../../electron/monitor/store/backup/restore/restore-backup.ts';
import { withRestoreServer } from '../../electron/monitor/store/backup/restore/restore-server.ts';
import { loadMigrations, type Migration } from '../../electron/monitor/store/connection/migrate.ts';
import { externalProvider } from '../../electron/monitor/store/connection/provider.ts';
import { findPostgres } from '../counterparts/postgres.ts';
import { runCli } from '../program.ts';
import { contentOf, fillStorage } from './backup-fixture.ts';
import { startOwnPostgres } from './own-postgres.ts';
import {
  createDatabaseBeside,
  databaseUrlOf,
  openTestStorage,
  queryUrl,
  withDataDir,
} from './storage-fixture.ts';

/** Runs with the URL of a database with rows in every table, and a folder for backups. */
async function withSource(
  work: (given: { readonly dataDir: string; readonly url: string; readonly folder: string }) => Promise<void>,
): Promise<void> {
  await withDataDir(async (dataDir) => {
    const storage = openTestStorage(dataDir);
    await fillStorage(storage);
    const folder = join(dataDir, 'backups');
    mkdirSync(folder);
    await work({ dataDir, url: await databaseUrlOf(dataDir), folder });
    await storage.stop(10_000);
  });
}

async function succeeds(
  dataDir: string,
  args: readonly string[],
  url: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const finished = await runCli([...args, '--data-dir', dataDir, '--database-url', url], env);
  expect(finished, finished.stderr).toMatchObject({ code: 0 });
  return finished.stdout;
}

describe('a backup', () => {
  it.for([14, 15])(
    'is restored from PostgreSQL 18 to %i and back, with every row unchanged',
    async (major, context) => {
      const bin = findPostgres(major);
      if (bin === null) return context.skip(`PostgreSQL ${major} is not there: run npm run counterparts`);
      const server = await startOwnPostgres(bin);
      try {
        await withSource(async ({ dataDir, url, folder }) => {
          const content = await contentOf(url);
          await succeeds(dataDir, ['backup', folder], url);
          const older = await createDatabaseBeside(server.adminUrl, 'prices');
          // The data folder does not exist yet.
          await succeeds(join(dataDir, 'new/folder'), ['restore', folder], older);
          expect(existsSync(join(dataDir, 'new/folder/settings.json'))).toBe(true);
          expect(await contentOf(older)).toEqual(content);
          const file = join(dataDir, 'back.tar');
          await succeeds(dataDir, ['backup', file], older);
          const back = await createDatabaseBeside(url, 'back');
          await succeeds(dataDir, ['restore', file], back);
          expect(await contentOf(back)).toEqual(content);
        });
      } finally {
        await server.close();
      }
    },
  );

  it('on S3 is written, continued, listed and restored', async () => {
    const app = buildApp({ logger: false });
    const endpoint = await app.listen({ port: 0, host: '127.0.0.1' });
    onTestFinished(() => app.close());
    const credentials = { accessKeyId: 'planted', secretAccessKey: 'planted' };
    const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials });
    await client.send(new CreateBucketCommand({ Bucket: 'backups' }));
    client.destroy();
    const place = `s3://backups/prices?endpoint=${endpoint}&path-style=true&region=us-east-1`;
    const env = { AWS_ACCESS_KEY_ID: 'planted', AWS_SECRET_ACCESS_KEY: 'planted' };
    await withSource(async ({ dataDir, url }) => {
      await succeeds(dataDir, ['backup', place], url, env);
      expect(await succeeds(dataDir, ['backup', place], url, env)).toMatch(/; 0 files of 0 bytes written, /);
      const listed = await runCli(['backup', 'list', place], env);
      expect(listed.stdout.trimEnd().split('\n')).toHaveLength(2);
      const restored = await createDatabaseBeside(url, 'restored');
      await succeeds(dataDir, ['restore', place], restored, env);
      expect(await contentOf(restored)).toEqual(await contentOf(url));
    });
  });

  it('of an older version of the tables is restored in that version, and then migrated', () =>
    withSource(async ({ dataDir, url, folder }) => {
      await succeeds(dataDir, ['backup', folder], url);
      const target = await openTarget(folder, {});
      const manifest = await findBackup(target);
      const ours = await loadMigrations();
      const next: Migration = {
        version: manifest.schemaVersion + 1,
        name: 'next',
        checksum: 'of the next version',
        sql: 'alter table alerts add column half double precision; update alerts set half = price / 2',
      };
      const restore = (database: string, migrations: readonly Migration[]) =>
        withRestoreServer(
          silentLog,
          () => externalProvider(database),
          (server) =>
            restoreBackup({
              server,
              target,
              manifest,
              migrations,
              replaces: false,
              signal: new AbortController().signal,
              onProgress: () => undefined,
            }),
        );
      const content = await contentOf(url);
      const newer = await createDatabaseBeside(url, 'newer');
      expect(await restore(newer, [...ours, next])).toMatchObject({ migratedFrom: manifest.schemaVersion });
      const halves = 'select count(*)::integer as count from alerts where half = price / 2';
      expect(await queryUrl(newer, halves)).toEqual([{ count: 2 }]);
      // A database whose tables exist in the newer version, and are empty.
      await queryUrl(newer, 'truncate alerts, series, series_ticks, series_candles_1m, series_candles_1h');
      await queryUrl(newer, 'truncate series_candles_1d, history_candles, history_asked');
      await restore(newer, [...ours, next]);
      expect(await queryUrl(newer, halves)).toEqual([{ count: 2 }]);
      expect({ ...(await contentOf(newer)), alerts: content.alerts }).toEqual(content);
      // The other way round.
      const before = ours.slice(0, -1);
      await expect(restore(newer, before)).rejects.toThrow('is of a newer program: its tables have version');
    }));
});
