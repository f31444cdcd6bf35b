import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { installedProgram } from '../tests/counterparts/installed-program.ts';
import { removeUnusedSegments } from './unused-segments.ts';

const START = Date.UTC(2026, 5, 10);
const MINUTE_MS = 60_000;
const PYTHON = installedProgram('python3');

describe.skipIf(process.platform !== 'linux')('segments of shared memory (Linux)', () => {
  it('are removed if they were created during the run and no process maps them', async () => {
    const folder = mkdtempSync(join(realpathSync(tmpdir()), 'segments-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const write = (name: string, createdAt: number, program?: string): string => {
      const path = join(folder, name);
      if (program === undefined) writeFileSync(path, '');
      else copyFileSync(program, path);
      utimesSync(path, createdAt / 1_000, createdAt / 1_000);
      return path;
    };
    // A process maps the file of its program.
    const used = write('PostgreSQL.1', START + MINUTE_MS, '/bin/cat');
    const server = spawn(used, { stdio: ['pipe', 'pipe', 'inherit'] });
    onTestFinished(() => void server.kill('SIGKILL'));
    server.stdin.write('ready');
    await once(server.stdout, 'data');
    write('PostgreSQL.2', START + MINUTE_MS);
    write('PostgreSQL.3', START - 1);
    write('PostgreSQL.4', START + 2 * MINUTE_MS);
    write('other', START + MINUTE_MS);

    removeUnusedSegments(START, START + 2 * MINUTE_MS, folder);
    expect(readdirSync(folder)).toEqual(['PostgreSQL.1', 'PostgreSQL.3', 'PostgreSQL.4', 'other']);

    server.stdin.end();
    await once(server, 'exit');
    removeUnusedSegments(START, START + 3 * MINUTE_MS, folder);
    expect(readdirSync(folder)).toEqual(['PostgreSQL.3', 'other']);
  });

  it.skipIf(PYTHON === null)('are kept if a server that runs lists them (needs Python)', async () => {
    const folder = mkdtempSync(join(realpathSync(tmpdir()), 'segments-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const list = join(folder, 'PostgreSQL.1');
    // As dsm.c has it: the magic number, how many and at most how many, and for each its number, its count of references, and more.
    writeFileSync(list, new Uint32Array([0x9a_50_3d_32, 1, 264, 0, 4_000_000_000, 2, 0, 0]));
    for (const number of [4_000_000_000, 4_000_000_001])
      writeFileSync(join(folder, `PostgreSQL.${number}`), '');
    const script = `
import mmap, sys
with open(sys.argv[1], 'r+b') as file, mmap.mmap(file.fileno(), 0):
    print('mapped', flush=True)
    sys.stdin.read()`;
    const server = spawn(PYTHON ?? '', ['-c', script, list], { stdio: ['pipe', 'pipe', 'inherit'] });
    onTestFinished(() => void server.kill('SIGKILL'));
    await once(server.stdout, 'data');

    removeUnusedSegments(0, Date.now() + MINUTE_MS, folder);
    expect(readdirSync(folder)).toEqual(['PostgreSQL.1', 'PostgreSQL.4000000000']);

    server.stdin.end();
    await once(server, 'exit');
    removeUnusedSegments(0, Date.now() + MINUTE_MS, folder);
    expect(readdirSync(folder)).toEqual([]);
  });
});
