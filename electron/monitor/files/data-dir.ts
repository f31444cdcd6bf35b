import { accessSync, constants, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import envPaths from 'env-paths';
import { type Message, message } from '../../../shared/messages/message.ts';
import { MessageError } from '../../../shared/messages/message-error.ts';
import { type FileAction, fileMessage } from './file-error.ts';
import { foreignOwner } from './foreign-owner.ts';

/** The folder cannot be used: the program should report it and not start. */
export class DataDirError extends MessageError {
  constructor(content: Message, options?: ErrorOptions) {
    super(content, options);
    this.name = 'DataDirError';
  }
}

/** The default data folder: in the operating system's folder for application data. */
export function defaultDataDir(): string {
  const { data } = envPaths('crypto-price-monitor', { suffix: '' });
  // A relative XDG_DATA_HOME is ignored, as the XDG Base Directory Specification requires for all its variables.
  return isAbsolute(data) ? data : join(homedir(), '.local/share/crypto-price-monitor');
}

/** A data folder that only this process may use until `release`. */
export type DataDir = { readonly path: string; release(): void };

/** The locks of claimed folders: a lock without a reference is garbage-collected, which releases it. */
const heldLocks = new Set<DatabaseSync>();

/**
 * Creates the folder if it is missing, and claims it.
 *
 * The claim is a write lock on an SQLite file: the operating system releases it with the process, however that ends, so a
 * crash leaves nothing to clean up, and a reused process id is never mistaken for ours.
 *
 * @throws DataDirError naming the folder, or the file in it, that cannot be used, and what to do: also when it belongs to
 *   another user, or another monitor uses it
 */
export function claimDataDir(path: string): DataDir {
  const folder = resolve(path);
  refuseUnfitDataDir(folder);
  const ownerFile = join(folder, 'monitor.pid');
  orExplain('use-data-folder', folder, () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK); // SQLite would only report that it cannot open its file
  });
  const lock = openLock(join(folder, 'monitor.lock'), () =>
    message('data-folder.in-use', { path: folder, processId: ownerOf(ownerFile) }),
  );
  try {
    orExplain('write', ownerFile, () => writeFileSync(ownerFile, `${process.pid}\n`));
  } catch (cause) {
    lock.close();
    throw cause;
  }
  heldLocks.add(lock);
  return {
    path: folder,
    release: () => {
      heldLocks.delete(lock);
      lock.exec('rollback');
      lock.close();
    },
  };
}

/** https://www.sqlite.org/rescode.html */
const SQLITE_BUSY = 5;
const SQLITE_NOTADB = 26;

/** @param inUse the error when another process holds the lock */
function openLock(path: string, inUse: () => Message): DatabaseSync {
  // SQLite does not distinguish these from other failures.
  orExplain('write', path, () => checkFile(path));
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(path, { timeout: 0 });
    lock.exec('begin immediate');
    return lock;
  } catch (cause) {
    lock?.close();
    if (isSqlite(cause, SQLITE_BUSY)) throw new DataDirError(inUse(), { cause });
    if (isSqlite(cause, SQLITE_NOTADB)) {
      throw new DataDirError(message('data-folder.foreign-lock', { path }), { cause });
    }
    throw new DataDirError(fileMessage('write', path, cause), { cause });
  }
}

/**
 * Checks a folder before anything in it is changed. For hosts that write to it before they claim it.
 *
 * @throws DataDirError saying what to do
 */
export function refuseUnfitDataDir(path: string): void {
  const folder = resolve(path);
  // PostgreSQL writes the path as a line into its lock file.
  if (/[\r\n]/.test(folder)) {
    throw new DataDirError(message('data-folder.line-break', { path: folder }));
  }
  const owner = foreignOwner(folder);
  if (owner === null) return;
  const { path: foreign, uid } = owner;
  throw new DataDirError(message('data-folder.of-another-user', { path: folder, foreign, uid }));
}

/** Throws the operating system's error when the path is a folder, or a file without permission to write. */
function checkFile(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw Object.assign(new Error(`${path} is a folder`), { code: 'EISDIR' });
  }
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw cause;
  }
}

function orExplain(action: FileAction, path: string, work: () => void): void {
  try {
    work();
  } catch (cause) {
    throw new DataDirError(fileMessage(action, path, cause), { cause });
  }
}

function isSqlite(cause: unknown, kind: number): boolean {
  return cause instanceof Error && 'errcode' in cause && cause.errcode === kind;
}

/** The process that uses the folder, or null when that is unknown. */
function ownerOf(ownerFile: string): string | null {
  try {
    return readFileSync(ownerFile, 'utf8').trim() || null;
  } catch {
    return null; // the other process may be about to write the file; its id is only a hint
  }
}
