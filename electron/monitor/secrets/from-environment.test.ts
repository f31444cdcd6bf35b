import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withoutSecrets, withSecretsFromFiles } from './from-environment.ts';

describe('withoutSecrets', () => {
  it('keeps the variables that a started program needs, and no secrets', () => {
    const needed = {
      PATH: '/bin',
      HOME: '/root',
      KAFKA_BROKERS: 'a:1',
      KAFKA_PASSWORD_FILE: '/run/secrets/k',
    };
    const secrets = {
      COINGECKO_API_KEY: 'hush',
      DATABASE_URL: 'hush',
      CHANNEL_OPS_URL: 'hush',
      AWS_SECRET_ACCESS_KEY: 'hush',
      https_proxy: 'hush',
    };
    expect(withoutSecrets({ ...needed, ...secrets })).toEqual(needed);
  });
});

describe('withSecretsFromFiles', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'secret-files-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const fileWith = (text: string): string => {
    const path = join(folder, 'secret');
    writeFileSync(path, text);
    return path;
  };

  it('reads a secret from the file that the variable names, without a final line end', () => {
    const env = withSecretsFromFiles({ COINGECKO_API_KEY_FILE: fileWith('CG-123\n') });
    expect(env.COINGECKO_API_KEY).toBe('CG-123');
  });

  it('reads the database URL in the same way, and does not change other variables', () => {
    const url = 'postgresql://me:secret@db/prices';
    const env = withSecretsFromFiles({ DATABASE_URL_FILE: fileWith(url), MONITOR_PORT: '8080' });
    expect(env).toMatchObject({ DATABASE_URL: url, MONITOR_PORT: '8080' });
  });

  it('reads the secrets of channels in the same way', () => {
    const env = withSecretsFromFiles({ CHANNEL_OPS_SIGNING_SECRET_FILE: fileWith('hush\n') });
    expect(env.CHANNEL_OPS_SIGNING_SECRET).toBe('hush');
  });

  it('does not change an environment without such variables', () => {
    const env = { DATABASE_URL: 'postgresql://db/prices', COINGECKO_API_KEY_FILE: '' };
    expect(withSecretsFromFiles(env)).toEqual(env);
  });

  it('names the variable and the path of a missing file', () => {
    const path = join(folder, 'none');
    expect(() => withSecretsFromFiles({ DATABASE_URL_FILE: path })).toThrow(
      `DATABASE_URL_FILE: cannot read ${path}: there is no such file. Name one that exists.`,
    );
  });

  it('reports that a folder is not a file', () => {
    expect(() => withSecretsFromFiles({ DATABASE_URL_FILE: folder })).toThrow('this is a folder');
  });

  const mayReadAll = process.getuid?.() === 0 || process.platform === 'win32';
  it.skipIf(mayReadAll)('reports that a file is not readable (skipped for root and on Windows)', () => {
    const path = fileWith('CG-123');
    chmodSync(path, 0o000);
    expect(() => withSecretsFromFiles({ COINGECKO_API_KEY_FILE: path })).toThrow('permission denied');
  });

  it('refuses an empty file', () => {
    const path = fileWith(' \n');
    expect(() => withSecretsFromFiles({ COINGECKO_API_KEY_FILE: path })).toThrow(`${path} is empty`);
  });

  it('refuses a file that contains more than the secret, without revealing its contents', () => {
    const path = fileWith('CG-123\nCG-456\n');
    expect(() => withSecretsFromFiles({ COINGECKO_API_KEY_FILE: path })).toThrow(/several lines(?!.*CG-)/);
  });

  it('refuses a secret that is given twice', () => {
    const env = { COINGECKO_API_KEY: 'CG-1', COINGECKO_API_KEY_FILE: fileWith('CG-2') };
    expect(() => withSecretsFromFiles(env)).toThrow(
      'Both COINGECKO_API_KEY and COINGECKO_API_KEY_FILE are set',
    );
  });
});
