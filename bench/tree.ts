import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** The source tree that is measured: this one, or that of an earlier commit, which `compare` has checked out. */
export const TREE = process.env.BENCH_TREE ?? join(import.meta.dirname, '..');

/** The command-line program, built from the measured tree. */
export const TREE_CLI = join(TREE, 'out/main/cli.js');

/** Builds the measured tree unless it is up to date. */
export function buildTree(): void {
  const { status } = spawnSync(process.execPath, ['scripts/build-if-needed.ts'], {
    cwd: TREE,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error(`The program in ${TREE} could not be built.`);
}
