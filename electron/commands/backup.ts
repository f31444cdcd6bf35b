import { join } from 'node:path';
import { Command } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { type Message, message, t, text } from '../../shared/messages/message.ts';
import { MessageError, messageOf } from '../../shared/messages/message-error.ts';
import { createLogger } from '../monitor/logging/logger.ts';
import { withSecretsFromFiles } from '../monitor/secrets/from-environment.ts';
import { addFlags } from '../monitor/settings/flags.ts';
import { settingsWithoutSecrets } from '../monitor/settings/settings-without-secrets.ts';
import { findBackup, listBackups, readManifest } from '../monitor/store/backup/known-backups.ts';
import type { Manifest } from '../monitor/store/backup/manifest.ts';
import { openReadablePlace, openWritablePlace } from '../monitor/store/backup/place/open-place.ts';
import { verifyBackup } from '../monitor/store/backup/verify-backup.ts';
import { writeBackup } from '../monitor/store/backup/write-backup.ts';
import { openCommandSettings } from './command-settings.ts';
import { progressLine } from './progress-line.ts';
import { keepHeapSmall } from './small-heap.ts';
import { untilStopped } from './until-stopped.ts';
import { withDatabase } from './with-database.ts';

type Options = Readonly<Record<string, unknown>> & { readonly at?: string };

/** `backup`: writes the whole database and the settings in a portable form to a file, a folder, S3 or HDFS. */
export function backupCommand(): Command {
  const command = new Command('backup')
    .description(t('help.backup'))
    .argument('[where]', t('help.backup.where'));
  addFlags(command, ['databaseUrl']);
  command
    .command('list')
    .description(t('help.backup.list'))
    .argument('<where>', t('help.backup.where'))
    .action(list);
  command
    .command('verify')
    .description(t('help.backup.verify'))
    .argument('<where>', t('help.backup.where'))
    .option('--at <name>', t('help.backup.at'))
    .action(verify);
  return command.action(run);
}

async function run(where: string | undefined, options: Options, command: Command): Promise<void> {
  if (where === undefined) command.error(t('backup.where'), { exitCode: 2 });
  keepHeapSmall();
  const { dataDir, env, settings } = openCommandSettings(options);
  const kept = keptSettings(join(dataDir, 'settings.json'));
  const choice = { dataDir, databaseUrl: settings.databaseUrl(), log: createLogger('warn') };
  const startedAt = performance.now();
  const say = progressLine();
  await untilStopped(async (signal) => {
    const place = await openWritablePlace(where, env);
    try {
      const result = await withDatabase(
        choice,
        (inDatabase) =>
          writeBackup({
            run: inDatabase,
            target: place.target,
            settings: kept,
            programVersion: packageJson.version,
            signal,
            onProgress: ({ table, label, rows, totalRows }) =>
              say(message('backup.progress', { table, label, percent: percentOf(rows, totalRows) })),
          }),
        signal,
      );
      await place.finish();
      const { manifest, written, writtenBytes, reused } = result;
      const seconds = (performance.now() - startedAt) / 1_000;
      const { id, rows } = manifest;
      print(t('backup.done', { id, rows, written, writtenBytes, reused, seconds }));
    } catch (error) {
      await place.abort();
      throw error;
    }
  });
}

async function list(where: string): Promise<void> {
  const { target, close } = await openReadablePlace(where, withSecretsFromFiles(process.env));
  try {
    for (const id of await listBackups(target)) {
      const found = await readManifest(target, id).catch((error: unknown) => messageOf(error));
      print(JSON.stringify('code' in found ? { id, fault: text(found) } : summaryOf(found)));
    }
  } finally {
    await close();
  }
}

function summaryOf({ id, takenAt, programVersion, schemaVersion, postgresVersion, rows, tables }: Manifest) {
  const parts = tables.flatMap((table) => table.parts);
  return {
    id,
    takenAt,
    programVersion,
    schemaVersion,
    postgresVersion,
    rows,
    files: parts.length,
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    tables: Object.fromEntries(tables.map((table) => [table.name, table.rows])),
  };
}

async function verify(where: string, { at }: Options): Promise<void> {
  const { target, close } = await openReadablePlace(where, withSecretsFromFiles(process.env));
  try {
    await untilStopped(async (signal) => {
      const manifest = await findBackup(target, at);
      const { id, rows } = manifest;
      const found = { files: 0, count: 0 };
      const onFile = (path: string, fault: Message | null): void => {
        found.files += 1;
        if (fault === null) return;
        found.count += 1;
        print(t('archive.failed', { action: 'read', path, archive: target.url, reason: fault }));
      };
      await verifyBackup({ target, manifest, rowsToo: true, signal, onFile });
      if (found.count > 0) throw new MessageError(message('backup.faulty', { id, ...found }));
      print(t('backup.verified', { id, rows, files: found.files }));
    });
  } finally {
    await close();
  }
}

function keptSettings(path: string): string | null {
  try {
    return settingsWithoutSecrets(path);
  } catch (error) {
    process.stderr.write(`${t('backup.settings-left-out', { reason: messageOf(error) })}\n`);
    return null;
  }
}

export function percentOf(done: number, total: number): number {
  return Math.floor((100 * done) / Math.max(1, total));
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);
