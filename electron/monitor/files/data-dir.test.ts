import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimDataDir } from './data-dir.ts';

let parent: string;
const others: ChildProcess[] = [];

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'data-dir-'));
});

afterEach(() => {
  for (const other of others.splice(0)) other.kill('SIGKILL');
  rmSync(parent, { recursive: true });
});

/** Another process that claims the folder, keeps only the lock, and runs until it is killed. */
async function otherProgram(folder: string) {
  const code = `
    import { claimDataDir } from ${JSON.stringify(join(import.meta.dirname, 'data-dir.ts'))};
    claimDataDir(${JSON.stringify(folder)});
    gc();
    console.log('claimed');
    setInterval(() => {}, 1e6);
  `;
  const child = spawn(process.execPath, ['--expose-gc', '--input-type=module-typescript', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  others.push(child);
  await once(child.stdout, 'data');
  return child;
}

/** Everything that a change would affect: names, owners, modes, times and content. */
function listing(folder: string) {
  return ['.', ...readdirSync(folder)].map((name) => {
    const { uid, mode, mtimeMs } = statSync(join(folder, name));
    return { name, uid, mode, mtimeMs };
  });
}

describe('data folder', () => {
  it('is created if missing, only for its owner', () => {
    const folder = join(parent, 'new', 'folder');
    const claimed = claimDataDir(folder);
    expect(claimed.path).toBe(folder);
    if (process.platform !== 'win32') expect(statSync(folder).mode & 0o777).toBe(0o700);
    claimed.release();
  });

  it('is refused to a second program, with the id of the first, and released by a kill', async () => {
    const first = await otherProgram(parent);
    expect(() => claimDataDir(parent)).toThrow(
      `Another Crypto Price Monitor (process ${first.pid}) uses the data folder ${parent}.`,
    );
    first.kill('SIGKILL');
    await once(first, 'exit');
    claimDataDir(parent).release();
  });

  it('can be claimed again after it was released', () => {
    claimDataDir(parent).release();
    claimDataDir(parent).release();
  });

  const isRoot = process.getuid?.() === 0;
  it.skipIf(!isRoot).each([
    ['of another user', '', (folder: string) => chownSync(folder, 12_345, 12_345)],
    [
      'that would be made in one of another user',
      'new/data',
      (folder: string) => chownSync(folder, 12_345, 12_345),
    ],
    [
      'that another user used',
      '',
      (folder: string) => {
        writeFileSync(join(folder, 'monitor.lock'), '');
        chownSync(join(folder, 'monitor.lock'), 12_345, 12_345);
      },
    ],
  ])('%s is refused to root, and nothing is changed (tested only as root)', (_, below, give) => {
    const folder = join(parent, 'data');
    mkdirSync(folder);
    writeFileSync(join(folder, 'settings.json'), '{"port":"x"}');
    give(folder);
    const before = listing(folder);
    expect(() => claimDataDir(join(folder, below))).toThrow(
      /belongs to the user with the id 12345.*Nothing was changed.*sudo -u '#12345'/,
    );
    expect(listing(folder)).toEqual(before);
  });

  it.skipIf(!isRoot)('of another user that root has used before remains usable (tested only as root)', () => {
    // As in a container of an earlier version, with a folder of the host's user mounted.
    claimDataDir(parent).release();
    chownSync(parent, 12_345, 12_345);
    claimDataDir(parent).release();
  });

  it.skipIf(!isRoot)('can be created by root in a shared folder (tested only as root)', () => {
    chmodSync(parent, 0o1777);
    chownSync(parent, 12_345, 12_345);
    claimDataDir(join(parent, 'data')).release();
  });

  it('is refused when its path has a line break', () => {
    expect(() => claimDataDir(join(parent, 'two\nlines'))).toThrow('has a line break in it');
    expect(readdirSync(parent)).toEqual([]);
  });

  it('is refused with the reason when it is a file', () => {
    const file = join(parent, 'file');
    writeFileSync(file, '');
    expect(() => claimDataDir(join(file, 'data'))).toThrow('a part of this path is a file');
  });
});
