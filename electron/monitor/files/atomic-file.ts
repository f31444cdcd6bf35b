import { randomUUID } from 'node:crypto';
import {
  accessSync,
  chownSync,
  constants,
  lstatSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { open, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { message } from '../../../shared/messages/message.ts';
import { MessageError } from '../../../shared/messages/message-error.ts';

/*
 * Files are replaced here rather than by `write-file-atomic` (8.0) or `atomically` (2.1): both call write(2) once and ignore the
 * number of bytes written, so that on a disk that becomes full they replace the file by a truncated text. Node's own `writeFile`
 * writes all of it or throws.
 */

/** Only the owner may read these files: settings, passwords, counts. `wx`: a draft never overwrites an existing file. */
const DRAFT = { mode: 0o600, flag: 'wx', flush: true } as const;

/**
 * Replaces a file atomically, also when the machine stops halfway or the disk is full; resolves when the new content is on
 * disk. A symbolic link is kept and its target replaced; the owner is kept; the mode is 0600 from the first byte on.
 *
 * @throws Error when the file is write-protected, is a dangling link, or cannot be written; it is then unchanged
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  await replaceFileIf(path, text, () => true);
}

/**
 * `replaceFile` for a file that other processes change too.
 *
 * @param isCurrent called when the new content is on disk; the file is replaced at once afterwards
 * @returns false when `isCurrent` returned false; the file is then unchanged
 */
export async function replaceFileIf(path: string, text: string, isCurrent: () => boolean): Promise<boolean> {
  const target = writableTarget(path);
  const draft = draftOf(target);
  try {
    await writeFile(draft, text, DRAFT);
    keepOwner(target, draft);
    if (!isCurrent()) {
      await rm(draft, { force: true });
      return false;
    }
    renameSync(draft, target);
  } catch (cause) {
    await rm(draft, { force: true });
    throw cause;
  }
  await syncFolder(dirname(target));
  return true;
}

/** `replaceFile` for synchronous callers. After a power cut the file may still be the earlier one, but never a mixture. */
export function replaceFileSync(path: string, text: string): void {
  const target = writableTarget(path);
  const draft = draftOf(target);
  try {
    writeFileSync(draft, text, DRAFT);
    keepOwner(target, draft);
    renameSync(draft, target);
  } catch (cause) {
    rmSync(draft, { force: true });
    throw cause;
  }
}

/** Errors for a folder that may not be opened, or on a file system that cannot sync folders. PostgreSQL ignores the same ones. */
const CANNOT_SYNC_FOLDER: ReadonlySet<unknown> = new Set(['EACCES', 'EISDIR', 'EBADF', 'EINVAL', 'ENOTSUP']);

/** Syncs a rename in this folder to disk, if folders can be synced. */
export async function syncFolder(path: string): Promise<void> {
  // Windows cannot open folders as files, and its file system journals renames.
  if (process.platform === 'win32') return;
  try {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && CANNOT_SYNC_FOLDER.has(cause.code))) throw cause;
  }
}

/** Removes drafts that a killed program left behind: they may contain a password. Call it before the file is written. */
export function removeDrafts(path: string): void {
  try {
    const target = realpathOr(path);
    const [folder, name] = [dirname(target), basename(target)];
    for (const other of readdirSync(folder)) {
      if (other.startsWith(name) && UNIQUE.test(other.slice(name.length))) rmSync(join(folder, other));
    }
  } catch {
    // The folder is missing or unreadable: reading or writing the file will report that.
  }
}

/** A name that a user would not give to a copy. */
const UNIQUE = /^\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.new$/;

function draftOf(target: string): string {
  return `${target}.${randomUUID()}.new`;
}

/** A rename needs permission only for the folder, and would replace a file that its owner has write-protected. */
function writableTarget(path: string): string {
  try {
    accessSync(path, constants.W_OK);
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) {
      const target = readlinkSync(path);
      throw new MessageError(message('file.dead-link', { target }), { cause });
    }
  }
  return realpathOr(path);
}

function realpathOr(path: string): string {
  try {
    return realpathSync(path);
  } catch (cause) {
    if (isMissing(cause)) return path;
    throw cause;
  }
}

/** Otherwise a file that root replaces would no longer belong to its user. */
function keepOwner(target: string, draft: string): void {
  if (process.getuid?.() !== 0) return;
  const owner = statSync(target, { throwIfNoEntry: false });
  if (owner !== undefined) chownSync(draft, owner.uid, owner.gid);
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}
