import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeMemoryFolder } from './memory-folder.ts';

const folder = makeMemoryFolder();
folder?.remove();
/** The user nobody, if tests can run as another user. */
const somebody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

describe.skipIf(folder === null)(
  `a temporary folder in memory (${folder === null ? 'not available' : 'available'})`,
  () => {
    it('can be written to and run programs from by every user, until it is removed', () => {
      const { path, remove } = makeMemoryFolder() ?? expect.fail('there is none');
      expect(statSync(path).mode & 0o7777).toBe(0o1777);
      const program = join(path, 'program');
      writeFileSync(program, '#!/bin/sh\nmkdir "$1"\n', { mode: 0o755 });
      const { status } = spawnSync(program, [join(path, 'made')], somebody);
      expect(status).toBe(0);
      expect(existsSync(join(path, 'made'))).toBe(true);
      mkdirSync(join(path, 'not', 'empty'), { recursive: true });
      remove();
      expect(existsSync(path)).toBe(false);
    });
  },
);
