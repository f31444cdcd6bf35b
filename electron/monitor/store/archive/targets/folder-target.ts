import { type FileHandle, link, mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { message } from '../../../../../shared/messages/message.ts';
import { syncFolder } from '../../../files/atomic-file.ts';
import { openFileSource } from '../../parquet/byte-source.ts';
import { type ArchiveAction, archiveError, type Failure } from './archive-error.ts';
import type { ArchivedFile, ArchiveTarget, ArchiveUpload } from './archive-target.ts';
import { draftName, isDraftName } from './draft-name.ts';

/**
 * A local or mounted folder. It must exist: otherwise an archive on a disk that is not mounted would be written to the disk
 * beneath the mount point.
 */
export function folderTarget(url: string, root: string): ArchiveTarget {
  const pathOf = (path: string): string => join(root, ...path.split('/'));
  const failed = (action: ArchiveAction, path: string, cause: unknown): Error =>
    archiveError(action, path, url, failureOfFile(cause), cause);

  const checkRoot = async (action: ArchiveAction, path: string): Promise<void> => {
    const found = await stat(root).catch((cause: unknown) => {
      if (codeOf(cause) === 'ENOENT') return null;
      throw failed(action, path, cause);
    });
    if (found?.isDirectory()) return;
    const reason = message('archive.no-folder', { folder: root });
    throw archiveError(action, path, url, { fault: 'unavailable', errorText: '', reason });
  };

  return {
    url,
    async create(path): Promise<ArchiveUpload> {
      await checkRoot('write', path);
      const target = pathOf(path);
      const draft = draftName(target);
      let file: FileHandle;
      try {
        await mkdir(dirname(target), { recursive: true });
        file = await open(draft, 'wx');
      } catch (cause) {
        throw failed('write', path, cause);
      }
      return {
        async write(bytes) {
          try {
            await file.writeFile(bytes);
          } catch (cause) {
            throw failed('write', path, cause);
          }
        },
        async commit() {
          try {
            await file.sync();
            await file.close();
            await placeNew(draft, target);
            await syncFolder(dirname(target));
          } catch (cause) {
            throw failed('write', path, cause);
          }
        },
        async abort() {
          await file.close().catch(() => undefined);
          await rm(draft, { force: true }).catch(() => undefined);
        },
      };
    },
    async open(path) {
      await checkRoot('read', path);
      try {
        return await openFileSource(pathOf(path));
      } catch (cause) {
        throw failed('read', path, cause);
      }
    },
    async remove(path) {
      await checkRoot('remove', path);
      try {
        await rm(pathOf(path), { force: true });
      } catch (cause) {
        throw failed('remove', path, cause);
      }
      await removeEmpty(dirname(pathOf(path)), root);
    },
    async discardUploads(path) {
      await checkRoot('remove', path);
      const folder = dirname(pathOf(path));
      for (const name of await namesIn(folder)) {
        if (isDraftName(name, basename(pathOf(path)))) await rm(join(folder, name), { force: true });
      }
    },
    async *list(folder): AsyncGenerator<ArchivedFile> {
      await checkRoot('list', folder);
      for (const name of await namesIn(pathOf(folder), { recursive: true })) {
        const found = await stat(join(pathOf(folder), name)).catch(() => null);
        if (found === null || !found.isFile() || isDraftName(name)) continue;
        const within = name.replaceAll('\\', '/');
        yield { path: folder === '' ? within : `${folder}/${within}`, bytes: found.size };
      }
    },
    close() {},
  };
}

async function namesIn(folder: string, options: { readonly recursive?: boolean } = {}): Promise<string[]> {
  try {
    return await readdir(folder, options);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return [];
    throw cause;
  }
}

/** Renames the draft, unless a file of that name exists. */
async function placeNew(draft: string, target: string): Promise<void> {
  try {
    await link(draft, target);
  } catch (cause) {
    // Some file systems have no hard links, such as FAT and some network file systems.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(codeOf(cause))) throw cause;
    const reserved = await open(target, 'wx');
    await reserved.close();
    await rename(draft, target);
    return;
  }
  await rm(draft, { force: true });
}

/** Removes folders that have become empty, up to the root. */
async function removeEmpty(folder: string, root: string): Promise<void> {
  for (let each = folder; each.length > root.length; each = dirname(each)) {
    try {
      await rmdir(each);
    } catch {
      return; // not empty, or removed by another process
    }
  }
}

/** Maps an error of the file system to the failure of an archive operation. */
export function failureOfFile(cause: unknown): Failure {
  const errorText = cause instanceof Error ? cause.message : String(cause);
  switch (codeOf(cause)) {
    case 'ENOENT':
    case 'EISDIR':
      return { fault: 'missing', errorText };
    case 'EEXIST':
      return { fault: 'exists', errorText };
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return { fault: 'refused', errorText };
    case 'ENOSPC':
    case 'EDQUOT':
      return { fault: 'full', errorText, reason: message('file.disk-full') };
    case 'EFBIG':
      return { fault: 'full', errorText };
    default:
      return { fault: 'unavailable', errorText };
  }
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}
