import { randomUUID } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { fileError } from '../monitor/files/file-error.ts';

/**
 * Writes to standard output, or to a file. An existing file stays unchanged until everything is written; a pipe or a device is
 * written directly. It is not an error when the reader of standard output stops reading early, as `head` does.
 *
 * @throws MessageError naming the file when it cannot be written
 */
export async function toOutput(
  path: string | undefined,
  write: (target: Writable) => Promise<void>,
): Promise<void> {
  if (path === undefined) {
    await write(process.stdout).catch((error: unknown) => {
      if (codeOf(error) !== 'EPIPE') throw error;
    });
    return;
  }
  const isDirect = await isNotAFile(path);
  const draft = isDirect ? path : `${path}.${randomUUID().slice(0, 8)}.part`;
  const file = await open(draft, 'w').catch((cause: unknown) => {
    throw fileError('write', path, cause);
  });
  const target = file.createWriteStream({ flush: !isDirect });
  let failure: unknown;
  target.on('error', (error) => {
    failure = error;
  });
  try {
    await write(target);
    await end(target);
    if (!isDirect) await rename(draft, path);
  } catch (cause) {
    target.destroy();
    if (!isDirect) await rm(draft, { force: true }).catch(() => undefined);
    throw cause === failure || isRenameError(cause) ? fileError('write', path, cause) : cause;
  }
}

function end(target: Writable): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  target.once('error', reject).end(resolve);
  return promise;
}

/** Whether the path exists and is not a regular file: a pipe, a device, a folder. */
async function isNotAFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && !found.isFile();
}

function isRenameError(cause: unknown): boolean {
  return cause instanceof Error && 'syscall' in cause && cause.syscall === 'rename';
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
