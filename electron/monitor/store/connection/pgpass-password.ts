import pgpass from 'pgpass';
import type { ConnectionTarget } from './connection-error.ts';
import { SOCKET_FOLDERS } from './connection-plan.ts';

// Do not warn on standard error about a file that others can read. As in libpq, such a file is not used.
pgpass.warnTo(null);

/**
 * Looks up a server's password in `~/.pgpass` or the file named by PGPASSFILE; empty when there is none. As in libpq,
 * the default Unix sockets match `localhost`.
 *
 * Source: https://www.postgresql.org/docs/current/libpq-pgpass.html
 */
export async function passwordFromPgpass(target: ConnectionTarget): Promise<string> {
  const password = await find(target);
  if (password !== '' || !SOCKET_FOLDERS.includes(target.host)) return password;
  return find({ ...target, host: 'localhost' });
}

function find(target: ConnectionTarget): Promise<string> {
  return new Promise((resolve) => pgpass(target, (password) => resolve(password ?? '')));
}
