import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { removeDrafts, replaceFile } from '../../files/atomic-file.ts';
import { describeFileError } from '../../files/file-error.ts';

const BYTES = 32;

/**
 * The password of the embedded server's user. One that is there is never written over, because it may open a cluster
 * that was moved away; where there is none, one is made.
 *
 * @throws Error naming the file when it cannot be read or written
 */
export async function readOrMakePassword(path: string): Promise<string> {
  removeDrafts(path);
  const kept = await read(path);
  if (kept !== '') return kept;
  const password = randomBytes(BYTES).toString('base64url');
  try {
    await replaceFile(path, `${password}\n`);
  } catch (cause) {
    throw new Error(describeFileError('write the password of the embedded database to', path, cause), {
      cause,
    });
  }
  return password;
}

/** For other programs, while the server runs. @throws Error naming the file when there is none in it */
export async function readPassword(path: string): Promise<string> {
  const password = await read(path);
  if (password === '')
    throw new Error(`There is no password in ${path}. The next start of the program makes one.`);
  return password;
}

async function read(path: string): Promise<string> {
  try {
    // One line: a second one would end the statement in which it is set.
    return (await readFile(path, 'utf8')).trim().split(/\r?\n/)[0] ?? '';
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return '';
    throw new Error(describeFileError('read the password of the embedded database from', path, cause), {
      cause,
    });
  }
}
