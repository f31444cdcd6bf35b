import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { passwordFromPgpass } from './pgpass-password.ts';

const LINES = [
  'db.example:5432:prices:me:of one',
  'localhost:*:*:me:of this machine',
  '/srv/sockets:5432:*:me:with\\:colon',
];

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'password-file-'));
  file = join(folder, 'passwords');
  writeFileSync(file, `${LINES.join('\n')}\n`, { mode: 0o600 });
  vi.stubEnv('PGPASSFILE', file);
  vi.stubEnv('PGPASSWORD', undefined);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const of = (host: string, user = 'me') => passwordFromPgpass({ host, port: 5_432, user, database: 'prices' });

describe('the password file', () => {
  it.each([
    ['db.example', 'of one'],
    ['localhost', 'of this machine'],
    ['/var/run/postgresql', 'of this machine'],
    ['/tmp', 'of this machine'],
    ['/srv/sockets', 'with:colon'],
    ['other.example', ''],
  ])('returns for %s: %j', async (host, password) => {
    expect(await of(host)).toBe(password);
    expect(await of(host, 'you')).toBe('');
  });

  it.skipIf(process.platform === 'win32')('is not used when others may read it', async () => {
    chmodSync(file, 0o640);
    expect(await of('localhost')).toBe('');
  });
});
