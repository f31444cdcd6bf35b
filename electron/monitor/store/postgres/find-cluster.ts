import { lstat, readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Message, message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import { fileError } from '../../files/file-error.ts';
import type { ServerAccount } from './server-account.ts';

/** A cluster can be created for `none` and `empty`. */
export type FoundCluster = 'none' | 'empty' | 'complete';

/**
 * Inspects the folder of the embedded cluster without changing it. Anything there that is not a complete cluster is
 * somebody's data, which the program must not delete.
 *
 * @throws Error with what was found and what to do
 */
export async function findCluster(cluster: string, account: ServerAccount): Promise<FoundCluster> {
  const found = await inspect(cluster);
  if (found === null) return 'none';
  if (found === 'no folder') {
    throw new MessageError(message('embedded.no-folder', { folder: cluster }));
  }
  const names = await readdir(cluster);
  if (names.length === 0) {
    if (!(await lstat(cluster)).isSymbolicLink()) return 'empty';
    throw new MessageError(message('embedded.empty-link', { folder: cluster }));
  }
  const isCluster = names.includes('base') && names.includes('global');
  if (!names.includes('PG_VERSION')) {
    throw new MessageError(
      isCluster
        ? message('embedded.no-version', { folder: cluster, advice: await restoreAdvice(cluster) })
        : message('embedded.something-else', { folder: cluster }),
    );
  }
  const control = join(cluster, 'global', 'pg_control');
  if ((await inspect(control)) === null) {
    throw new MessageError(message('embedded.no-control-file', { file: control, folder: cluster }));
  }
  if (!account.isServer(found.uid)) {
    throw new MessageError(
      message('embedded.other-owner', { folder: cluster, uid: found.uid, account: account.name }),
    );
  }
  return 'complete';
}

/** Null when the path does not exist. */
async function inspect(path: string): Promise<{ readonly uid: number } | 'no folder' | null> {
  try {
    const found = await stat(path);
    return found.isDirectory() ? { uid: found.uid } : 'no folder';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw fileError('look-at', path, error);
    const link = await lstat(path).catch(() => null);
    if (link === null) return null;
    throw new MessageError(message('embedded.dead-link', { path, target: await readlink(path) }), {
      cause: error,
    });
  }
}

/** How to restore PG_VERSION. Each database of a cluster has a copy of the file. */
async function restoreAdvice(cluster: string): Promise<Message> {
  const version = await readFile(join(cluster, 'base', '1', 'PG_VERSION'), 'utf8').catch(() => '');
  return version === ''
    ? message('embedded.restore')
    : message('embedded.put-version-back', { version: version.trim() });
}
