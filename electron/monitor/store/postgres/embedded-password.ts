import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import { removeDrafts, replaceFile } from '../../files/atomic-file.ts';
import { fileError } from '../../files/file-error.ts';

const BYTES = 32;

/**
 * Reads the password of the embedded server's user, or creates one. An existing password is never overwritten,
 * because it may belong to a cluster that was moved away.
 *
 * @throws Error that names the file when it cannot be read or written
 */
export async function readOrCreatePassword(path: string): Promise<string> {
  removeDrafts(path);
  const kept = await read(path);
  if (kept !== '') return kept;
  const password = randomBytes(BYTES).toString('base64url');
  try {
    await replaceFile(path, `${password}\n`);
  } catch (cause) {
    throw fileError('write-database-password', path, cause);
  }
  return password;
}

/**
 * Reads the password for other programs, while the server runs.
 *
 * @throws Error that names the file when it contains none
 */
export async function readPassword(path: string): Promise<string> {
  const password = await read(path);
  if (password === '') throw new MessageError(message('embedded.no-password', { path }));
  return password;
}

async function read(path: string): Promise<string> {
  try {
    // Only the first line: a line break would end the statement that sets the password.
    return (await readFile(path, 'utf8')).trim().split(/\r?\n/)[0] ?? '';
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return '';
    throw fileError('read-database-password', path, cause);
  }
}
