import { chmod, lstat, mkdir } from 'node:fs/promises';
import { message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import type { ServerAccount } from './server-account.ts';

/**
 * Creates the folder of the Unix socket with access only for the server's account and the program. In a shared
 * temporary folder its name is predictable, so an existing folder must belong to one of the two.
 */
export async function makeSocketDir(socketDir: string, account: ServerAccount): Promise<void> {
  await mkdir(socketDir, { recursive: true, mode: 0o700 });
  const found = await lstat(socketDir);
  if (!found.isDirectory() || !account.isOurs(found.uid)) {
    throw new MessageError(message('embedded.foreign-socket', { folder: socketDir }));
  }
  await chmod(socketDir, 0o700);
  await account.own(socketDir);
}
