import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimDataDir } from './data-dir.ts';

let parent: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'data-dir-'));
});

afterEach(() => {
  rmSync(parent, { recursive: true });
});

/** Another process that claims the folder and holds it until it is killed. */
async function otherProgram(folder: string) {
  const code = `
    import { claimDataDir } from ${JSON.stringify(join(import.meta.dirname, 'data-dir.ts'))};
    claimDataDir(${JSON.stringify(folder)});
    console.log('claimed');
    setInterval(() => {}, 1e6);
  `;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

describe('data folder', () => {
  it('is made when it is not there, for its owner alone', () => {
    const folder = join(parent, 'new', 'folder');
    const claimed = claimDataDir(folder);
    expect(claimed.path).toBe(folder);
    if (process.platform !== 'win32') expect(statSync(folder).mode & 0o777).toBe(0o700);
    claimed.release();
  });

  it('is refused to a second program, naming the first, and free again after a kill', async () => {
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

  it('is refused with the reason when a file is in its place', () => {
    const file = join(parent, 'file');
    writeFileSync(file, '');
    expect(() => claimDataDir(join(file, 'data'))).toThrow('a part of this path is a file');
  });
});
