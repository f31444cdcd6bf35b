import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeDrafts, replaceFile, replaceFileSync, syncFolder } from './atomic-file.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'atomic-file-'));
  path = join(folder, 'file.json');
});

afterEach(() => rmSync(folder, { recursive: true }));

const isWindows = process.platform === 'win32';

describe.each([
  ['replaceFile', replaceFile],
  ['replaceFileSync', async (file: string, text: string) => replaceFileSync(file, text)],
])('%s', (name, replace) => {
  it.skipIf(isWindows)(
    'creates a file only for its owner, regardless of the mode of the earlier file',
    async () => {
      writeFileSync(path, 'old', { mode: 0o644 });
      await replace(path, 'new');
      expect(readFileSync(path, 'utf8')).toBe('new');
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(readdirSync(folder)).toEqual(['file.json']);
    },
  );

  it.skipIf(isWindows)('keeps a link, and replaces its target', async () => {
    const target = join(folder, 'elsewhere.json');
    writeFileSync(target, 'old');
    symlinkSync('elsewhere.json', path);
    await replace(path, 'new');
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(readFileSync(target, 'utf8')).toBe('new');
  });

  it.skipIf(isWindows)('keeps a dangling link, and reports its target', async () => {
    symlinkSync('/not/mounted/file.json', path);
    await expect(replace(path, 'new')).rejects.toThrow(
      'a link to /not/mounted/file.json, which is not there',
    );
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
  });

  it.skipIf(process.getuid?.() === 0)(
    'leaves a write-protected file unchanged (root may write any)',
    async () => {
      writeFileSync(path, 'old');
      chmodSync(path, 0o400);
      await expect(replace(path, 'new')).rejects.toThrow('EACCES');
      expect(readFileSync(path, 'utf8')).toBe('old');
    },
  );

  it.skipIf(process.getuid?.() !== 0)('keeps the owner of the file (only root can change it)', async () => {
    writeFileSync(path, 'old');
    chownSync(path, 12_345, 12_345);
    await replace(path, 'new');
    expect(statSync(path)).toMatchObject({ uid: 12_345, gid: 12_345 });
  });

  it.skipIf(isWindows)('leaves the file unchanged, and no draft, when the disk becomes full', () => {
    writeFileSync(path, 'old');
    const program = `
      import { ${name} } from ${JSON.stringify(join(import.meta.dirname, 'atomic-file.ts'))};
      await ${name}(${JSON.stringify(path)}, 'x'.repeat(10_000));
    `;
    // The limit is in blocks of 512 or 1,024 bytes: write(2) accepts that much and then fails, as on a full disk.
    const limited = 'ulimit -f 4; exec "$0" --input-type=module-typescript -e "$1"';
    const { status, stderr } = spawnSync('/bin/sh', ['-c', limited, process.execPath, program]);
    expect({ status, said: String(stderr) }).toEqual({ status: 1, said: expect.stringContaining('EFBIG') });
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['file.json']);
  });
});

describe('removeDrafts', () => {
  it('removes drafts of a killed program, and no files of users', () => {
    const left = `${path}.2b0e6b0c-6c1e-4a43-9a35-0d9f4a3e2b11.new`;
    const kept = ['', '.new', '.20261126.new', '.bad', '.bad-2'].map((end) => path + end);
    for (const name of [left, ...kept]) writeFileSync(name, '');
    removeDrafts(path);
    expect(readdirSync(folder).map((name) => join(folder, name))).toEqual(kept.toSorted());
  });
});

describe('syncFolder', () => {
  it.skipIf(process.platform !== 'linux')(
    'ignores a file system that cannot sync folders (tested only on Linux)',
    async () => {
      await expect(syncFolder('/proc')).resolves.toBeUndefined();
    },
  );

  it.skipIf(isWindows)('fails for a missing folder', async () => {
    await expect(syncFolder(join(folder, 'gone'))).rejects.toThrow('ENOENT');
  });
});

describe('concurrent writes', () => {
  it('each replace the file completely', async () => {
    const texts = Array.from({ length: 100 }, (_, index) => `${index}`.repeat(5_000));
    await Promise.all(texts.map((text) => replaceFile(path, text)));
    expect(texts).toContain(readFileSync(path, 'utf8'));
    expect(readdirSync(folder)).toEqual(['file.json']);
  });
});
