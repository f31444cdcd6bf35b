import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build, STAMP } from './build.ts';

const ROOT = join(import.meta.dirname, '..');
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
  if (SOURCES.every((source) => newestChange(join(ROOT, source)) < builtAt)) return;
  process.stderr.write('Building the app…\n');
  build('on-failure');
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
