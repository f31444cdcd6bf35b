import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { message } from '../../../../../shared/messages/message.ts';
import { MessageError } from '../../../../../shared/messages/message-error.ts';
import type { ArchiveTarget } from '../../archive/targets/archive-target.ts';
import { openTarget } from '../../archive/targets/open-target.ts';
import { listBackups } from '../known-backups.ts';
import { createTar, openTar } from './tar-target.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a backup is written. */
export type WritablePlace = {
  readonly target: ArchiveTarget;
  /** Call when the backup is complete. */
  finish(): Promise<void>;
  /** Call instead of `finish` after a failure. Files that the next backup can reuse are kept. */
  abort(): Promise<void>;
};

/** Where backups are read. */
export type ReadablePlace = { readonly target: ArchiveTarget; close(): Promise<void> };

/**
 * Opens the place for a backup: an S3 or HDFS URL, an existing folder, or otherwise a single file.
 *
 * @param env see `openTarget`
 * @throws MessageError when the file exists and is not a backup, or its folder does not exist
 */
export async function openWritablePlace(where: string, env: Environment): Promise<WritablePlace> {
  const several = await placeOfSeveral(where, env);
  if (several !== null) {
    const close = async (): Promise<void> => several.close();
    return { target: several, finish: close, abort: close };
  }
  const path = resolve(where);
  if (/[\\/]$/.test(where)) throw new MessageError(message('backup.no-folder', { path }));
  const folder = dirname(path);
  if ((await kindOf(folder)) === null) throw new MessageError(message('backup.no-folder', { path: folder }));
  if ((await kindOf(path)) === 'file') await refuseOther(path);
  const { target, finish, discard } = await createTar(path);
  return { target, finish, abort: discard };
}

/** @throws MessageError when the place does not exist, or is a file that is not a complete backup */
export async function openReadablePlace(where: string, env: Environment): Promise<ReadablePlace> {
  const several = await placeOfSeveral(where, env);
  if (several !== null) return { target: several, close: async () => several.close() };
  const path = resolve(where);
  if ((await kindOf(path)) === null) throw new MessageError(message('backup.no-place', { path }));
  const opened = await openTar(path);
  try {
    // A single file gets its name when it is complete.
    if ((await listBackups(opened.target)).length > 0) return opened;
  } catch (error) {
    await opened.close();
    throw error;
  }
  await opened.close();
  throw new MessageError(message('backup.cut-off', { path }));
}

/** Opens a folder or a URL; null for a file or a path that does not exist. */
async function placeOfSeveral(where: string, env: Environment): Promise<ArchiveTarget | null> {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(where)) return openTarget(where, env);
  const path = resolve(where);
  return (await kindOf(path)) === 'folder' ? openTarget(path, env) : null;
}

async function kindOf(path: string): Promise<'folder' | 'file' | null> {
  const found = await stat(path).catch(() => null);
  if (found === null) return null;
  return found.isDirectory() ? 'folder' : 'file';
}

/** Only backups are overwritten. */
async function refuseOther(path: string): Promise<void> {
  const other = new MessageError(message('backup.other-file', { path }));
  const { target, close } = await openTar(path).catch((): never => {
    throw other;
  });
  try {
    if ((await listBackups(target)).length === 0) throw other;
  } finally {
    await close();
  }
}
