import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { message } from '../../../../../shared/messages/message.ts';
import { MessageError } from '../../../../../shared/messages/message-error.ts';
import { syncFolder } from '../../../files/atomic-file.ts';
import { type ArchiveAction, archiveError, type Failure } from '../../archive/targets/archive-error.ts';
import type { ArchivedFile, ArchiveTarget, ArchiveUpload } from '../../archive/targets/archive-target.ts';
import { draftName, isDraftName } from '../../archive/targets/draft-name.ts';
import { failureOfFile } from '../../archive/targets/folder-target.ts';
import { readTarEntries, TAR_BLOCK, type TarEntry, tarHeader, tarSize } from './tar-file.ts';

/** A single file that is being written. */
export type TarDraft = {
  readonly target: ArchiveTarget;
  /** Moves the file to its path, replacing an existing one. */
  finish(): Promise<void>;
  /** Discards the file. Does not fail. */
  discard(): Promise<void>;
};

/**
 * Begins a tar file in the folder of its path. Files are written to it one after the other and can be read before it is finished.
 * A draft that a crashed program has left is removed.
 */
export async function createTar(path: string): Promise<TarDraft> {
  const failed = failureIn(path);
  const draft = draftName(path);
  let file: FileHandle;
  try {
    await removeDrafts(path);
    file = await open(draft, 'wx+', 0o600);
  } catch (cause) {
    throw failed('write', '', cause);
  }
  const entries = new Map<string, TarEntry>();
  let end = 0;

  const create = async (name: string): Promise<ArchiveUpload> => {
    const from = end + TAR_BLOCK;
    let at = from;
    const write = async (bytes: Uint8Array, position: number): Promise<void> => {
      try {
        for (let done = 0; done < bytes.length; ) {
          const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
          done += bytesWritten;
        }
      } catch (cause) {
        throw failed('write', name, cause);
      }
    };
    return {
      async write(bytes) {
        await write(bytes, at);
        at += bytes.length;
      },
      async commit() {
        const bytes = at - from;
        await write(Buffer.alloc(tarSize(bytes) - bytes), at);
        // The size is known only now.
        await write(tarHeader(name, bytes), end);
        entries.set(name, { from, bytes });
        end = from + tarSize(bytes);
      },
      // The next file overwrites the content.
      async abort() {},
    };
  };

  return {
    target: { ...tarReader(path, file, entries), create },
    async finish() {
      try {
        await file.truncate(end);
        // Two empty blocks end the file.
        await file.write(Buffer.alloc(2 * TAR_BLOCK), 0, 2 * TAR_BLOCK, end);
        await file.sync();
        await file.close();
        await rename(draft, path);
        await syncFolder(dirname(path));
      } catch (cause) {
        throw failed('write', '', cause);
      }
    },
    async discard() {
      await file.close().catch(() => undefined);
      await rm(draft, { force: true }).catch(() => undefined);
    },
  };
}

/**
 * Opens a tar file for reading; `close` it at the end.
 *
 * @throws MessageError when it is not a tar file
 */
export async function openTar(path: string): Promise<{ target: ArchiveTarget; close(): Promise<void> }> {
  const failed = failureIn(path);
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (cause) {
    throw failed('read', '', cause);
  }
  const entries = await readTarEntries(file).catch((cause: unknown) => {
    throw failed('read', '', cause);
  });
  if (entries === null) {
    await file.close();
    throw new MessageError(message('backup.not-a-backup', { path }));
  }
  const create = async (): Promise<never> => {
    throw new Error('A tar file that is read is not written.');
  };
  return { target: { ...tarReader(path, file, entries), create }, close: () => file.close() };
}

function tarReader(
  url: string,
  file: FileHandle,
  entries: ReadonlyMap<string, TarEntry>,
): Omit<ArchiveTarget, 'create'> {
  const failed = failureIn(url);
  return {
    url,
    async open(path) {
      const entry = entries.get(path);
      if (entry === undefined) throw archiveError('read', path, url, { fault: 'missing', errorText: '' });
      return {
        size: entry.bytes,
        async read(from, to) {
          const bytes = new Uint8Array(to - from);
          let length = 0;
          while (length < bytes.length) {
            const at = entry.from + from + length;
            const { bytesRead } = await file
              .read(bytes, length, bytes.length - length, at)
              .catch((cause: unknown) => {
                throw failed('read', path, cause);
              });
            if (bytesRead === 0) {
              const reason = message('archive.cut-off', { bytes: at });
              throw archiveError('read', path, url, { fault: 'unavailable', errorText: '', reason });
            }
            length += bytesRead;
          }
          return bytes;
        },
        async close() {},
      };
    },
    async remove() {},
    async discardUploads() {},
    async *list(folder): AsyncGenerator<ArchivedFile> {
      for (const [path, { bytes }] of entries) {
        if (folder === '' || path.startsWith(`${folder}/`)) yield { path, bytes };
      }
    },
    close() {},
  };
}

function failureIn(url: string) {
  return (action: ArchiveAction, path: string, cause: unknown): Error => {
    const failure: Failure = failureOfFile(cause);
    return archiveError(action, path, url, failure, cause);
  };
}

async function removeDrafts(path: string): Promise<void> {
  const folder = dirname(path);
  for (const name of await readdir(folder)) {
    if (isDraftName(name, basename(path))) await rm(join(folder, name), { force: true });
  }
}
