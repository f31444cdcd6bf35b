import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Versions of the packages that `npm run counterparts` fetches, by major version. */
export const POSTGRES_PACKAGES: Readonly<Record<number, string>> = {
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
};

const FETCHED = join(import.meta.dirname, 'postgres/node_modules');
const DEBIAN = '/usr/lib/postgresql';

/** The folder with the programs of a major version of PostgreSQL: Debian's if installed, otherwise the fetched one; or null. */
export function findPostgres(major: number): string | null {
  const folders = [join(DEBIAN, String(major), 'bin'), join(FETCHED, `postgres-${major}`, 'native/bin')];
  return folders.find((folder) => existsSync(folder)) ?? null;
}
