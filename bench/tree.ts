import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** The tree of sources that is measured: this one, or an earlier commit's that `compare` has checked out. */
export const TREE = process.env.BENCH_TREE ?? join(import.meta.dirname, '..');

/** The program of the terminal, built from the measured tree. */
export const TREE_CLI = join(TREE, 'out/main/cli.js');

/** Builds the measured tree unless it is up to date. */
export function buildTree(): void {
  const { status } = spawnSync(process.execPath, ['scripts/build-if-needed.ts'], {
    cwd: TREE,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error(`The program in ${TREE} could not be built.`);
}
