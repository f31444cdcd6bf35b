import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
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
  /** Call it when the backup is complete. */
  finish(): Promise<void>;
  /** Call it in place of `finish` when it failed. What helps the next backup stays. */
  giveUp(): Promise<void>;
};

/** Where backups are read. */
export type ReadablePlace = { readonly target: ArchiveTarget; close(): Promise<void> };

/**
 * Opens the place that is to hold a backup: a URL of S3 or HDFS, a folder that is there, or else a single file.
 *
 * @param env see `openTarget`
 * @throws MessageError when the file is there and is no backup
 */
export async function openWritablePlace(where: string, env: Environment): Promise<WritablePlace> {
  const several = await placeOfSeveral(where, env);
  if (several !== null) {
    const close = async (): Promise<void> => several.close();
    return { target: several, finish: close, giveUp: close };
  }
  const path = resolve(where);
  if (/[\\/]$/.test(where)) throw new MessageError(message('backup.no-folder', { path }));
  if ((await kindOf(path)) === 'file') await refuseOther(path);
  const { target, finish, discard } = await createTar(path);
  return { target, finish, giveUp: discard };
}

/** @throws MessageError when there is nothing, or no backup */
export async function openReadablePlace(where: string, env: Environment): Promise<ReadablePlace> {
  const several = await placeOfSeveral(where, env);
  if (several !== null) return { target: several, close: async () => several.close() };
  const path = resolve(where);
  if ((await kindOf(path)) === null) throw new MessageError(message('backup.no-place', { path }));
  return openTar(path);
}

/** A folder or a URL; null for what is a file, or nothing. */
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

/** A backup is replaced by a newer one, and nothing else is. */
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
