import { execFile } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { withFolder } from '../program.ts';

const ROOT = join(import.meta.dirname, '../..');
const CLI = join(ROOT, 'out/main/cli.js');
const NPX = process.platform === 'win32' ? 'npx.cmd' : 'npx';

const run = promisify(execFile);

describe('the built program', () => {
  it('is run by npx in a checkout, without anything to be fetched', () =>
    withFolder(async (cache) => {
      const { stdout } = await run(NPX, ['--offline', 'crypto-price-monitor', '--help'], {
        cwd: ROOT,
        env: { ...process.env, npm_config_cache: cache },
        shell: process.platform === 'win32',
      });
      expect(stdout).toContain('Usage: crypto-price-monitor');
      for (const command of ['run', 'database-url']) expect(stdout).toContain(command);
    }));

  it.skipIf(process.platform === 'win32')('is a file that can be run (Windows knows no run bit)', () => {
    expect(readFileSync(CLI, 'utf8').split('\n')[0]).toBe('#!/usr/bin/env node');
    accessSync(CLI, constants.X_OK);
  });
});
