import pgpass from 'pgpass';
import type { ConnectionTarget } from './connection-error.ts';

// It would write to standard error that others may read the file. It is then not used, as by libpq.
pgpass.warnTo(null);

/** The password for a server in `~/.pgpass`, or in the file that PGPASSFILE names; empty when there is none. */
export function passwordFromFile(target: ConnectionTarget): Promise<string> {
  return new Promise((resolve) => pgpass(target, (password) => resolve(password ?? '')));
}
