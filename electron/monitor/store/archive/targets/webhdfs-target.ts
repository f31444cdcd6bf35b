import { z } from 'zod';
import { ArchiveError, archiveError, incompleteRead } from './archive-error.ts';
import type { ArchivedFile, ArchiveTarget, ArchiveUpload } from './archive-target.ts';
import { draftName, isDraftName } from './draft-name.ts';
import { beginPut } from './http-put.ts';
import { type HdfsPlace, unreachable, webHdfsClient } from './webhdfs-client.ts';

const statusSchema = z.object({
  pathSuffix: z.string(),
  type: z.enum(['FILE', 'DIRECTORY', 'SYMLINK']),
  length: z.number(),
});
const fileStatusSchema = z.object({ FileStatus: statusSchema });
const listSchema = z.object({ FileStatuses: z.object({ FileStatus: z.array(statusSchema) }) });
const booleanSchema = z.object({ boolean: z.boolean() });
const locationSchema = z.object({ Location: z.url() });

/**
 * A folder of HDFS, accessed through the REST interface of the name node. A file is written under another name and renamed, which
 * is atomic and fails when the name is taken.
 *
 * @param token delegation token, if the cluster requires one
 */
export function webHdfsTarget(url: string, place: HdfsPlace, token: string | null): ArchiveTarget {
  const client = webHdfsClient(url, place, token);

  const sizeOf = async (path: string): Promise<number> => {
    const { FileStatus } = await client.query(fileStatusSchema, 'read', path, 'GETFILESTATUS');
    return FileStatus.length;
  };

  const remove = async (path: string): Promise<void> => {
    await client.query(booleanSchema, 'remove', path, 'DELETE', { method: 'DELETE' });
  };

  const entriesOf = async (action: 'list' | 'remove', folder: string) => {
    try {
      const { FileStatuses } = await client.query(listSchema, action, folder, 'LISTSTATUS');
      return FileStatuses.FileStatus;
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  };

  async function* list(folder: string): AsyncGenerator<ArchivedFile> {
    for (const { pathSuffix, type, length } of await entriesOf('list', folder)) {
      const path = folder === '' ? pathSuffix : `${folder}/${pathSuffix}`;
      if (type === 'DIRECTORY') yield* list(path);
      else if (!isDraftName(pathSuffix)) yield { path, bytes: length };
    }
  }

  /** The data node that receives a new file. */
  const dataNodeFor = async (path: string, draft: string): Promise<URL> => {
    const params = { overwrite: 'false', noredirect: 'true' };
    const init = { method: 'PUT', redirect: 'manual' } as const;
    const response = await client.send('write', path, client.urlOf(draft, 'CREATE', params), init);
    // Before version 3 the name node always redirects.
    const redirect = response.headers.get('location');
    const named = locationSchema.safeParse(await response.json().catch(() => null));
    const location = redirect ?? named.data?.Location;
    if (location !== undefined) return new URL(location);
    throw archiveError('write', path, url, {
      fault: 'unavailable',
      errorText: 'the name node names no data node',
    });
  };

  /**
   * Throws the reason why HDFS rejects a write of even one byte. A data node that rejects a file closes the connection, and its
   * reason is lost while more of the file is being sent.
   */
  const writeOneByte = async (path: string): Promise<void> => {
    const draft = draftName(path);
    const put = beginPut(await dataNodeFor(path, draft));
    try {
      await put.write(Uint8Array.of(0));
      await client.check(path, put.end());
    } finally {
      put.destroy();
      await remove(draft).catch(() => undefined); // a leftover is a draft
    }
  };

  const naming = async (path: string, sent: Promise<void>): Promise<void> => {
    try {
      await sent;
    } catch (error) {
      if (error instanceof ArchiveError && error.fault === 'unavailable') await writeOneByte(path);
      throw error;
    }
  };

  return {
    url,
    async create(path): Promise<ArchiveUpload> {
      const draft = draftName(path);
      const dataNode = await dataNodeFor(path, draft);
      const put = beginPut(dataNode);
      return {
        async write(bytes) {
          // A response before the end of the body is an error.
          const checked = client.check(path, put.response);
          await naming(path, Promise.race([put.write(bytes).catch(() => checked), checked]));
        },
        async commit() {
          await naming(path, client.check(path, put.end()));
          const params = { destination: client.hdfsPath(path) };
          const renamed = await client.query(booleanSchema, 'write', draft, 'RENAME', {
            method: 'PUT',
            params,
          });
          if (renamed.boolean) return;
          const isTaken = await sizeOf(path).then(
            () => true,
            () => false,
          );
          const fault = isTaken ? 'exists' : 'unavailable';
          throw archiveError('write', path, url, { fault, errorText: 'it could not be renamed' });
        },
        async abort() {
          put.destroy();
          await put.response.catch(() => undefined);
          await remove(draft).catch(() => undefined);
        },
      };
    },
    async open(path) {
      const size = await sizeOf(path);
      return {
        size,
        async read(from, to) {
          const params = { offset: String(from), length: String(to - from) };
          const response = await client.send('read', path, client.urlOf(path, 'OPEN', params));
          try {
            const bytes = new Uint8Array(await response.arrayBuffer());
            if (bytes.length === to - from) return bytes;
            throw incompleteRead(path, url, { bytes: bytes.length, expected: to - from });
          } catch (cause) {
            if (cause instanceof ArchiveError) throw cause;
            throw unreachable('read', path, url, cause);
          }
        },
        async close() {},
      };
    },
    remove,
    async discardUploads(path) {
      const at = path.lastIndexOf('/') + 1;
      for (const { pathSuffix } of await entriesOf('remove', path.slice(0, Math.max(0, at - 1)))) {
        if (isDraftName(pathSuffix, path.slice(at))) await remove(`${path.slice(0, at)}${pathSuffix}`);
      }
    },
    list,
    close() {},
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof ArchiveError && error.fault === 'missing';
}
