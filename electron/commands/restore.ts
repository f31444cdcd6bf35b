import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { type Message, message, t, text } from '../../shared/messages/message.ts';
import { replaceFile } from '../monitor/files/atomic-file.ts';
import { claimDataDir } from '../monitor/files/data-dir.ts';
import { createLogger, type Logger } from '../monitor/logging/logger.ts';
import { addFlags } from '../monitor/settings/flags.ts';
import type { ArchiveTarget } from '../monitor/store/archive/targets/archive-target.ts';
import { findBackup } from '../monitor/store/backup/known-backups.ts';
import type { Manifest } from '../monitor/store/backup/manifest.ts';
import { openReadablePlace } from '../monitor/store/backup/place/open-place.ts';
import { restoreBackup } from '../monitor/store/backup/restore/restore-backup.ts';
import { type RestoreServer, withRestoreServer } from '../monitor/store/backup/restore/restore-server.ts';
import { loadMigrations } from '../monitor/store/connection/migrate.ts';
import { embeddedProvider, externalProvider } from '../monitor/store/connection/provider.ts';
import { upgradeCluster } from '../monitor/store/upgrade/upgrade-cluster.ts';
import { percentOf } from './backup.ts';
import { openCommandSettings } from './command-settings.ts';
import { progressLine } from './progress-line.ts';
import { keepHeapSmall } from './small-heap.ts';
import { untilStopped } from './until-stopped.ts';

type Options = Readonly<Record<string, unknown>> & { readonly at?: string; readonly replace?: boolean };

/** `restore`: restores a backup into an empty database. */
export function restoreCommand(): Command {
  const command = new Command('restore')
    .description(t('help.restore'))
    .argument('<where>', t('help.backup.where'))
    .option('--at <name>', t('help.backup.at'))
    .option('--replace', t('help.restore.replace'));
  addFlags(command, ['databaseUrl']);
  return command.action(run);
}

async function run(where: string, options: Options): Promise<void> {
  const { at, replace: replaces = false } = options;
  keepHeapSmall();
  const { dataDir, env, settings } = openCommandSettings(options);
  const startedAt = performance.now();
  const progress = progressLine();
  await untilStopped(async (signal) => {
    const { target, close } = await openReadablePlace(where, env);
    try {
      const manifest = await findBackup(target, at);
      const migrations = await loadMigrations();
      const log = createLogger('warn');
      const result = await onServer(dataDir, settings.databaseUrl(), log, (server) =>
        restoreBackup({
          server,
          target,
          manifest,
          migrations,
          replaces,
          signal,
          onProgress: ({ step, done, total }) =>
            progress(message('restore.progress', { step, percent: percentOf(done, total) })),
        }),
      );
      const seconds = (performance.now() - startedAt) / 1_000;
      const { rows, isContinued, migratedFrom, archives } = result;
      process.stdout.write(`${t('restore.done', { id: manifest.id, rows, isContinued, seconds })}\n`);
      if (migratedFrom !== null) say(message('restore.migrated', { version: migratedFrom }));
      if (archives.length > 0) say(message('restore.archive-elsewhere', { archives }));
      await restoreSettings(target, manifest, join(dataDir, 'settings.json'));
    } finally {
      await close();
    }
  });
}

/**
 * The user's own server, or the embedded one, which is started for the duration of the restore and created if it does not exist.
 */
async function onServer<T>(
  dataDir: string,
  databaseUrl: string,
  log: Logger,
  work: (server: RestoreServer) => Promise<T>,
): Promise<T> {
  if (databaseUrl !== '') return withRestoreServer(log, () => externalProvider(databaseUrl), work);
  const claimed = claimDataDir(dataDir);
  try {
    const beforeStart = (): Promise<void> => upgradeCluster(claimed.path, { log, report: () => undefined });
    return await withRestoreServer(
      log,
      (onLoss) => embeddedProvider(claimed.path, log, onLoss, beforeStart),
      work,
    );
  } finally {
    claimed.release();
  }
}

/** Restores the settings of the backup if there are none; existing settings are kept. */
async function restoreSettings(target: ArchiveTarget, { settings }: Manifest, path: string): Promise<void> {
  if (settings === null) return;
  if (existsSync(path)) return say(message('restore.settings-kept', { path, inBackup: settings.path }));
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const source = await target.open(settings.path);
  try {
    await replaceFile(path, Buffer.from(await source.read(0, source.size)).toString('utf8'));
  } finally {
    await source.close();
  }
  say(message('restore.settings-written', { path }));
}

const say = (content: Message): void => void process.stderr.write(`${text(content)}\n`);
