import { chmod, lstat, mkdir } from 'node:fs/promises';
import type { ServerAccount } from './server-account.ts';

/**
 * Makes the folder of the Unix socket, which only the server's account and we can enter. In a shared temporary folder its
 * name can be foreseen, so whoever made it first must be us.
 */
export async function makeSocketDir(socketDir: string, account: ServerAccount): Promise<void> {
  await mkdir(socketDir, { recursive: true, mode: 0o700 });
  const found = await lstat(socketDir);
  if (!found.isDirectory() || !account.isOurs(found.uid)) {
    throw new Error(
      `${socketDir} is needed for the database's socket and belongs to somebody else. Remove it.`,
    );
  }
  await chmod(socketDir, 0o700);
  await account.own(socketDir);
}
