import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const STAMP = join(ROOT, 'out/.built');
const SOURCES = [
  'electron',
  'renderer',
  'shared',
  'package.json',
  'package-lock.json',
  'electron.vite.config.ts',
];

/** Builds the app into `out/` unless it is up to date. The output of the build is shown if it fails. */
export function buildIfNeeded(): void {
  const builtAt = existsSync(STAMP) ? statSync(STAMP).mtimeMs : 0;
  const startedAt = new Date();
  if (SOURCES.every((source) => newestChange(join(ROOT, source)) < builtAt)) return;
  process.stderr.write('Building the app…\n');
  const cli = join(ROOT, 'node_modules/electron-vite/bin/electron-vite.js');
  const build = spawnSync(process.execPath, [cli, 'build', '--logLevel', 'warn'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (build.status !== 0) {
    process.stderr.write(`${build.stdout ?? ''}${build.stderr ?? ''}The build failed.\n`);
    process.exit(1);
  }
  writeFileSync(STAMP, '');
  // A source that changes during the build is newer than this.
  utimesSync(STAMP, startedAt, startedAt);
}

function newestChange(path: string): number {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return readdirSync(path).reduce(
    (newest, name) => Math.max(newest, newestChange(join(path, name))),
    stats.mtimeMs,
  );
}

if (import.meta.main) buildIfNeeded();
