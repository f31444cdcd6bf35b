import { spawnSync } from 'node:child_process';
import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
/** A file whose modification time is the start of the last successful build. */
export const STAMP = join(ROOT, 'out/.built');

/**
 * Builds the app into `out/`. If the build fails, the process exits with 1.
 *
 * @param output `shown` as it comes, or only `on-failure`
 */
export function build(output: 'shown' | 'on-failure'): void {
  const startedAt = new Date();
  rmSync(STAMP, { force: true });
  const cli = join(ROOT, 'node_modules/electron-vite/bin/electron-vite.js');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [cli, 'build', ...(output === 'shown' ? [] : ['--logLevel', 'warn'])],
    { cwd: ROOT, encoding: 'utf8', stdio: output === 'shown' ? 'inherit' : 'pipe' },
  );
  if (status !== 0) {
    process.stderr.write(`${stdout ?? ''}${stderr ?? ''}The build failed.\n`);
    process.exit(1);
  }
  writeFileSync(STAMP, '');
  // The start and not the end, so that a source that changes during the build is newer.
  utimesSync(STAMP, startedAt, startedAt);
}

if (import.meta.main) build('shown');
