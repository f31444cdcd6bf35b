import pgpass from 'pgpass';
import type { ConnectionTarget } from './connection-error.ts';
import { SOCKET_FOLDERS } from './connection-plan.ts';

// It would write to standard error that others may read the file. It is then not used, as by libpq.
pgpass.warnTo(null);

/**
 * The password for a server in `~/.pgpass`, or in the file that PGPASSFILE names; empty when there is none. As for libpq,
 * the usual Unix sockets of this machine are called `localhost` there.
 *
 * Source: https://www.postgresql.org/docs/current/libpq-pgpass.html
 */
export async function passwordFromFile(target: ConnectionTarget): Promise<string> {
  const password = await find(target);
  if (password !== '' || !SOCKET_FOLDERS.includes(target.host)) return password;
  return find({ ...target, host: 'localhost' });
}

function find(target: ConnectionTarget): Promise<string> {
  return new Promise((resolve) => pgpass(target, (password) => resolve(password ?? '')));
}
