import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SECRET_VARIABLES, withSecretsFromFiles } from '../../electron/monitor/secrets/from-environment.ts';
import { otherUser, runCli } from '../program.ts';
import { plantedChannels, plantedWords, secretOptions } from './planted-secrets.ts';

const words = plantedWords();
const CHANNELS = plantedChannels(words, { http: 9, smtp: 9 });
const OF_CHANNELS: Readonly<Record<string, string>> = Object.assign(
  {},
  ...CHANNELS.map(({ variables }) => variables),
);
/** Every environment variable from which the program reads a secret. */
const VARIABLES = [...SECRET_VARIABLES, ...Object.keys(OF_CHANNELS)];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'secret-files-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('a secret in the file that its variable names', () => {
  it.each(VARIABLES)('%s is read from the file, with or without a line end', (name) => {
    for (const text of ['hush', 'hush\n', 'hush\r\n', '  hush \n\n', '\ufeffhush\n']) {
      const env = withSecretsFromFiles({ [`${name}_FILE`]: fileOf('some', text) });
      expect(env[name], JSON.stringify(text)).toBe('hush');
    }
  });

  it.each(VARIABLES)('%s is reported as missing if the file cannot be used', (name) => {
    const variable = `${name}_FILE`;
    const refusal = (path: string, more: Readonly<Record<string, string>> = {}): string => {
      try {
        withSecretsFromFiles({ [variable]: path, ...more });
        return '';
      } catch (cause) {
        return String(cause);
      }
    };
    const missing = join(folder, 'none');
    expect(refusal(missing)).toContain(`${variable}: cannot read ${missing}: there is no such file`);
    expect(refusal(folder)).toContain(`${variable}: cannot read ${folder}: this is a folder`);
    const empty = fileOf('empty', ' \n');
    expect(refusal(empty)).toContain(`${variable}: ${empty} is empty`);
    const lines = refusal(fileOf('lines', 'hush\nhush2\n'));
    expect(lines).toContain(`${variable}: ${join(folder, 'lines')} has several lines`);
    expect(lines).not.toContain('hush');
    expect(refusal(fileOf('some', 'hush'), { [name]: 'hush' })).toContain(
      `Both ${name} and ${variable} are set`,
    );
  });

  it('opens every channel of the program', async () => {
    const env = Object.fromEntries(
      Object.entries(OF_CHANNELS).map(([name, secret]) => [`${name}_FILE`, fileOf(name, `${secret}\n`)]),
    );
    const list = (of: Readonly<Record<string, string>>) =>
      runCli(['channels', 'list', '--data-dir', folder], {
        ...of,
        MONITOR_CHANNELS: JSON.stringify(CHANNELS.map(({ setting }) => setting)),
      });
    const { code, stdout } = await list(env);
    expect({ code, words: words.leaksIn(stdout) }).toEqual({ code: 0, words: [] });
    expect(stdout.trim().split('\n')).toEqual(
      CHANNELS.map(({ setting: { id, kind } }) => `${id}\t${kind}\tready`),
    );
    // Without the files, each channel that requires a secret reports which one, and where to put it.
    const without = await list({});
    for (const { setting, kind, secrets } of CHANNELS) {
      const needed = secretOptions(kind).filter(
        (option) => !kind.options.safeParse({ ...setting.options, ...secrets, [option]: undefined }).success,
      );
      const line = without.stdout.split('\n').find((each) => each.startsWith(`${setting.id}\t`)) ?? '';
      if (needed.length === 0) expect(line).toContain('\tready');
      else expect(line).toMatch(/the secret "\w+" is missing or wrong\. Set it as CHANNEL_\w+, or .*_FILE\./);
    }
  });

  const stranger = otherUser();
  it.skipIf(stranger === null)(
    'is reported as missing if the program may not read the file (skipped if no other user can run the program)',
    async () => {
      const path = fileOf('forbidden', 'hush');
      chmodSync(path, 0o600);
      chmodSync(folder, 0o755);
      mkdirSync(join(folder, 'data'), { mode: 0o777, recursive: true });
      const { code, stdout, stderr } = await runCli(
        ['channels', 'list', '--data-dir', join(folder, 'data')],
        { CHANNEL_OPS_URL_FILE: path },
        stranger ?? {},
      );
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain(`CHANNEL_OPS_URL_FILE: cannot read ${path}: permission denied`);
    },
  );
});
