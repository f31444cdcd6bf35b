import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import envPaths from 'env-paths';
import { describeFileError } from './file-error.ts';
import { foreignOwner } from './foreign-owner.ts';

/** The folder cannot be used: the program should say so and not start. */
export class DataDirError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DataDirError';
  }
}

/** Where the program keeps what it writes, unless the user says otherwise: the operating system's app-data folder. */
export function defaultDataDir(): string {
  return envPaths('crypto-price-monitor', { suffix: '' }).data;
}

/** A data folder that this process alone may use until `release`. */
export type DataDir = { readonly path: string; release(): void };

/**
 * Makes the folder if it is not there and claims it.
 *
 * The claim is a write lock on an SQLite file: the operating system drops it with the process, however that ends, so a
 * crash leaves nothing to clean up and the process id of a stranger is never taken for ours.
 *
 * @throws DataDirError when the folder cannot be written, is another user's, or another monitor uses it, naming its process
 */
export function claimDataDir(path: string): DataDir {
  const folder = resolve(path);
  refuseUnfitDataDir(folder);
  const ownerFile = join(folder, 'monitor.pid');
  let lock: DatabaseSync | undefined;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK); // SQLite would only say that it cannot open its file
    const claimed = new DatabaseSync(join(folder, 'monitor.lock'), { timeout: 0 });
    lock = claimed;
    claimed.exec('begin immediate');
    writeFileSync(ownerFile, `${process.pid}\n`);
    return {
      path: folder,
      release: () => {
        claimed.exec('rollback');
        claimed.close();
      },
    };
  } catch (cause) {
    lock?.close();
    if (isBusy(cause)) {
      throw new DataDirError(
        `Another Crypto Price Monitor${describeOwner(ownerFile)} uses the data folder ${folder}. ` +
          'Stop it first, or choose another folder with --data-dir.',
        { cause },
      );
    }
    throw new DataDirError(describeFileError('use the data folder', folder, cause), { cause });
  }
}

/**
 * Refuses a folder before anything in it is changed. For hosts that write to it before they claim it.
 *
 * @throws DataDirError saying what to do
 */
export function refuseUnfitDataDir(path: string): void {
  const folder = resolve(path);
  // PostgreSQL writes the path as a line into its lock file.
  if (/[\r\n]/.test(folder)) {
    throw new DataDirError(
      `The path of the data folder, ${JSON.stringify(folder)}, has a line break in it. Choose another with --data-dir.`,
    );
  }
  const owner = foreignOwner(folder);
  if (owner === null) return;
  const { path: foreign, uid } = owner;
  throw new DataDirError(
    `The data folder ${folder} is not for root: ${foreign} belongs to the user with the id ${uid}, whose program could ` +
      `not go on with what root writes there. Nothing was changed. Start the program as that user ` +
      `(sudo -u '#${uid}' crypto-price-monitor …), or choose a folder of root's with --data-dir.`,
  );
}

/** SQLITE_BUSY, https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

function isBusy(cause: unknown): boolean {
  return cause instanceof Error && 'errcode' in cause && cause.errcode === SQLITE_BUSY;
}

function describeOwner(ownerFile: string): string {
  try {
    return ` (process ${readFileSync(ownerFile, 'utf8').trim()})`;
  } catch {
    return ''; // the other one may be about to write it; its number is only a help
  }
}
