import { flushCompileCache } from 'node:module';
import { withDatabase } from '../../electron/commands/with-database.ts';
import { silentLog } from '../../electron/monitor/logging/logger.ts';
import { findBackup } from '../../electron/monitor/store/backup/known-backups.ts';
import {
  openReadablePlace,
  openWritablePlace,
} from '../../electron/monitor/store/backup/place/open-place.ts';
import { restoreBackup } from '../../electron/monitor/store/backup/restore/restore-backup.ts';
import { withRestoreServer } from '../../electron/monitor/store/backup/restore/restore-server.ts';
import { writeBackup } from '../../electron/monitor/store/backup/write-backup.ts';
import { loadMigrations } from '../../electron/monitor/store/connection/migrate.ts';
import { externalProvider } from '../../electron/monitor/store/connection/provider.ts';
import type { RunInDatabase } from '../../electron/monitor/store/work/with-provider.ts';
import { printingSteps, step } from './stepped-target.ts';

/**
 * `node backup-load.ts backup|restore <databaseUrl> <place>`: backs up or restores, and prints a line before and after each step, so
 * that it can be killed at any step.
 */
const [command = '', databaseUrl = '', where = ''] = process.argv.slice(2);
const { signal } = new AbortController();
const onProgress = (): void => undefined;

const printingRun =
  (run: RunInDatabase): RunInDatabase =>
  async (work, timeoutMs, isolation) => {
    const result = await run(
      async (client) => {
        const done = await work(client);
        await step('commit of the database');
        return done;
      },
      timeoutMs,
      isolation,
    );
    await step('committed to the database');
    return result;
  };

/** Call when all modules are loaded: a process that is killed writes no cache. */
const keepCompiled = (): void => flushCompileCache();

async function backUp(): Promise<void> {
  const place = await openWritablePlace(where, process.env);
  keepCompiled();
  await withDatabase({ dataDir: '', databaseUrl, log: silentLog }, (run) =>
    writeBackup({
      run: printingRun(run),
      target: printingSteps(place.target),
      settings: '{}\n',
      programVersion: 'test',
      signal,
      onProgress,
    }),
  );
  await step('finish');
  await place.finish();
}

async function restore(): Promise<void> {
  const { target, close } = await openReadablePlace(where, process.env);
  keepCompiled();
  const manifest = await findBackup(target);
  const migrations = await loadMigrations();
  await withRestoreServer(
    silentLog,
    () => externalProvider(databaseUrl),
    (server) =>
      restoreBackup({
        server: { ...server, run: printingRun(server.run) },
        target: printingSteps(target),
        manifest,
        migrations,
        replaces: false,
        signal,
        onProgress,
      }),
  );
  await close();
}

await (command === 'backup' ? backUp() : restore());
await step('done');
