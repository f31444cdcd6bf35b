import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { message } from '../../../shared/messages/message.ts';
import { MessageError } from '../../../shared/messages/message-error.ts';
import { replaceFileSync } from '../../monitor/files/atomic-file.ts';
import { type FileAction, fileMessage } from '../../monitor/files/file-error.ts';

const TOKEN_BYTES = 32;

/**
 * The token that admits a browser, stored in the data folder (mode 0600) so that an open page can reconnect after a
 * restart.
 *
 * @throws MessageError naming the file and what to do when it cannot be read or written
 */
export function readOrMakeToken(dataDir: string): string {
  const path = join(dataDir, 'ui-token');
  try {
    const token = readFileSync(path, 'utf8').trim();
    if (token !== '') return token;
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'))
      throw unusable('read', path, cause);
  }
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  writeToken(dataDir, token);
  return token;
}

/** @throws MessageError naming the file and what to do when it cannot be written */
export function writeToken(dataDir: string, token: string): void {
  const path = join(dataDir, 'ui-token');
  try {
    replaceFileSync(path, `${token}\n`);
  } catch (cause) {
    throw unusable('write', path, cause);
  }
}

function unusable(action: FileAction, path: string, cause: unknown): MessageError {
  const failure = fileMessage(action, path, cause);
  return new MessageError(message('page-token.unusable', { failure }), { cause });
}
