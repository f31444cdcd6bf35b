import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LOCKFILE = 'package-lock.json';
/** Marks a complete checkout; contains the lockfile whose packages it shares, or nothing if it has packages of its own. */
const STAMP = '.git/ready';

/**
 * Checks out a commit, ready to run, into a folder in the system's temporary folder, and returns its path. The folder is kept with
 * its build for the next comparison with this commit. The checkout in `root` is not changed. Its packages are shared if the
 * commit has the same lockfile, and installed otherwise.
 *
 * @param ref anything that git resolves to a commit
 * @throws Error if there is no such commit, or packages cannot be installed
 */
export function checkOut(ref: string, root: string): string {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-C', root, ...args], { encoding: 'utf8' }).trim();
  const commit = git('rev-parse', '--verify', `${ref}^{commit}`);
  const folder = join(tmpdir(), `crypto-price-monitor-bench-${commit}`);
  const lockfileOf = (tree: string): string => readFileSync(join(tree, LOCKFILE), 'utf8');
  const stamp = join(folder, STAMP);
  if (existsSync(stamp) && ['', lockfileOf(root)].includes(readFileSync(stamp, 'utf8'))) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  git('clone', '--quiet', '--shared', '--no-checkout', root, folder);
  git('-C', folder, 'checkout', '--quiet', '--detach', commit);
  const isBorrowing = lockfileOf(folder) === lockfileOf(root);
  if (isBorrowing) {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  } else {
    process.stderr.write('Installing the packages of the earlier commit…\n');
    const isWindows = process.platform === 'win32';
    execFileSync(isWindows ? 'npm.cmd' : 'npm', ['ci', '--prefer-offline', '--no-audit', '--no-fund'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: isWindows,
    });
  }
  writeFileSync(stamp, isBorrowing ? lockfileOf(root) : '');
  return folder;
}
