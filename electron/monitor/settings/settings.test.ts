import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ruleOf } from '../../../shared/domain/rule.ts';
import { text } from '../../../shared/messages/message.ts';
import { rulesInForce } from '../../../shared/settings/rules-in-force.ts';
import { DEFAULT_SETTINGS, type SettingName, settingsSchema } from '../../../shared/settings/settings.ts';
import { readBoundSecret } from '../secrets/bound-secret.ts';
import { openDatabasePassword } from '../secrets/database-password.ts';
import { openStoredNotices } from '../status/stored-notices.ts';
import { DEMO_SETTINGS_VARIABLE, SETTING_SOURCES } from './setting-sources.ts';
import { openSettings, type SettingsStore } from './settings.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-'));
  path = join(folder, 'settings.json');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** The error text for settings that cannot be used; empty if they are valid. */
function refusalOf(given: Given): string {
  try {
    open(given);
    return '';
  } catch (cause) {
    return String(cause);
  }
}

type Given = {
  flags?: Partial<Record<SettingName, string>>;
  env?: Record<string, string>;
  file?: unknown;
};

function open({ flags = {}, env = {}, file }: Given = {}): SettingsStore {
  if (file !== undefined) writeFileSync(path, typeof file === 'string' ? file : JSON.stringify(file));
  return openSettings({ path, flags, env, notices: openStoredNotices(join(folder, 'notices.json')) });
}

describe('settings', () => {
  it('have defaults that their own schema accepts', () => {
    expect(settingsSchema.parse(DEFAULT_SETTINGS)).toEqual(DEFAULT_SETTINGS);
    expect(open().current()).toEqual(DEFAULT_SETTINGS);
  });

  it('have the precedence flag, environment, file, default', () => {
    const settings = open({
      flags: { coins: 'dogecoin, solana' },
      env: { MONITOR_COINS: 'cardano', MONITOR_VS_CURRENCY: 'EUR', MONITOR_POLL_SECONDS: '12.5' },
      file: { coins: ['monero'], vsCurrency: 'gbp', alertThresholdPct: 3 },
    });
    expect(settings.current()).toEqual({
      ...DEFAULT_SETTINGS,
      coins: ['dogecoin', 'solana'],
      vsCurrency: 'eur',
      pollSeconds: 12.5,
      alertThresholdPct: 3,
    });
    expect(settings.view('/data').origins).toMatchObject({
      coins: 'flag',
      vsCurrency: 'environment',
      alertThresholdPct: 'file',
      port: 'default',
    });
  });

  it.each([
    ['keepTicksDays', 'never', 30],
    ['keepMinutesDays', ' Never ', 30],
    ['maxDatabaseGb', 'none', 5],
    ['archiveUrl', 'NONE', '/archive'],
    ['quietHours', 'none', '22:00-07:00'],
  ] as const)(
    'treat %s "%s" of a flag or a variable as null, whatever the file contains',
    (name, word, ofFile) => {
      const { flag, env } = SETTING_SOURCES[name];
      const file = { [name]: ofFile };
      expect(open({ file }).current()[name]).toBe(ofFile);
      if (env !== null) expect(open({ env: { [env]: word }, file }).current()[name]).toBeNull();
      if (flag !== null) expect(open({ flags: { [name]: word }, file }).current()[name]).toBeNull();
    },
  );

  it('treat an empty variable as unset', () => {
    expect(open({ env: { MONITOR_PORT: '', DATABASE_URL: '' } }).current()).toEqual(DEFAULT_SETTINGS);
  });

  it('accept every id of the list of coins', () => {
    const coins = ['-3', '_', '-5', 'bitcoin', '0-5x-long-bitcoin-token', 'yearn.finance', 'a_b', '币安人生'];
    expect(open({ flags: { coins: coins.join(',') } }).current().coins).toEqual(coins);
  });

  it.each([
    [{ flags: { coins: '..' } }, '".." is not a CoinGecko coin id'],
    [{ flags: { pollSeconds: 'soon' } }, '--poll-seconds "soon" must be a number'],
    [{ env: { MONITOR_POLL_SECONDS: '0' } }, 'MONITOR_POLL_SECONDS "0" must be at least 1'],
    [{ flags: { port: '99999' } }, '--port "99999" must be at most 65535'],
    [{ flags: { coins: 'bitcoin,$$$' } }, /^--coins "\$\$\$" is not a CoinGecko coin id/],
    [{ flags: { coins: '$$$' } }, /^--coins "\$\$\$" is not a CoinGecko coin id/],
    [
      { env: { MONITOR_EXCHANGES: 'krakn' } },
      /^MONITOR_EXCHANGES "krakn" is not one of kraken, coinbase, binance$/,
    ],
    [{ flags: { coins: ' , ' } }, '--coins " , " needs at least one coin'],
    [{ env: { MONITOR_LOG_LEVEL: 'loud' } }, 'MONITOR_LOG_LEVEL "loud" must be one of trace, debug'],
    [{ env: { DATABASE_URL: 'mysql://u:secret@h/d' } }, 'DATABASE_URL must start with postgresql://'],
    [
      { env: { DATABASE_URL: 'postgresql://u:se/cret@h/d' } },
      'DATABASE_URL has an "@" in the name of the database',
    ],
    [{ env: { DATABASE_URL: 'postgresql://u:se/cret@h/d' } }, 'In the password, write "/" as %2F'],
    [
      { flags: { databaseUrl: 'postgresql://h/d?sslmod=require' } },
      '--database-url has the parameter "sslmod"',
    ],
    [{ flags: { coingeckoUrl: 'ftp://x' } }, '--coingecko-url "ftp://x" must be an http:// or https:// URL'],
    [{ flags: { archiveUrl: 'archive' } }, '--archive-url "archive" must be an absolute folder'],
    [{ env: { MONITOR_CHANNELS: '[{"kind":"slack"}]' } }, 'MONITOR_CHANNELS "number 1" id'],
  ] satisfies [Given, string | RegExp][])('refuse %j with the reason', (given, message) => {
    expect(() => open(given)).toThrow(message);
  });

  it('reveal no secret of an invalid URL in any setting', () => {
    for (const [name, { flag, env }] of Object.entries(SETTING_SOURCES)) {
      for (const url of [
        'https://me:planted@h/?token=planted#planted',
        'kafka://h?password=planted',
        'x://planted@h',
      ]) {
        const given: readonly Given[] = [
          ...(flag === null ? [] : [{ flags: { [name]: url } }]),
          ...(env === null ? [] : [{ env: { [env]: url } }, { env: { [env]: JSON.stringify([url]) } }]),
        ];
        // Some accept any text.
        for (const each of given) expect(refusalOf(each)).not.toContain('planted');
      }
    }
  });

  it.each([
    { env: { DATABASE_URL: 'mysql://u:planted@h/d' } },
    { flags: { coingeckoUrl: 'https://me:planted@a.example' } },
    { flags: { coingeckoUrl: 'https://a.example/?x_cg_demo_api_key=planted' } },
    { flags: { archiveUrl: 's3://me:planted@bucket' } },
    { flags: { archiveUrl: 's3:/bucket?token=planted' } },
    { env: { MONITOR_ARCHIVE_URL: 'webhdfs://nn:9870/a?delegation=planted' } },
    { env: { MONITOR_ARCHIVE_URL: 's3://bucket?endpoint=http://me:planted@ceph.local' } },
    { env: { MONITOR_ARCHIVE_URL: 'ftp://me:planted@host/folder' } },
    { env: { MONITOR_CHANNELS: '{"url":"https://hooks.example/planted"' } },
    { env: { MONITOR_CHANNELS: '[{"kind":"slack","options":{"url":"https://hooks.example/planted"}}]' } },
    { env: { MONITOR_CHANNELS: '["https://hooks.example/planted"]' } },
    { env: { MONITOR_CHANNELS: '[{"id":"https://hooks.example/planted","kind":"slack"}]' } },
  ] satisfies Given[])('refuse %j without revealing the secret in it', (given) => {
    expect(() => open(given)).toThrow(/^(?!.*planted)/s);
  });

  it.each([
    ['realTime', 'FALSE', 'MONITOR_REAL_TIME', '0'],
    ['exchanges', 'Kraken,BINANCE', 'MONITOR_EXCHANGES', 'kraken,binance'],
    ['exchanges', 'None', 'MONITOR_EXCHANGES', 'none'],
    ['logLevel', 'Debug', 'MONITOR_LOG_LEVEL', 'debug'],
    ['coins', 'Bitcoin', 'MONITOR_COINS', 'bitcoin'],
    ['vsCurrency', 'EUR', 'MONITOR_VS_CURRENCY', 'eur'],
  ] as const)('accept %s %s in a flag and in a variable', (name, text, variable, plain) => {
    const value = open({ flags: { [name]: plain } }).current()[name];
    expect(open({ flags: { [name]: text } }).current()[name]).toEqual(value);
    expect(open({ env: { [variable]: text } }).current()[name]).toEqual(value);
  });

  it('report which settings the demo has set', () => {
    const env = { COINGECKO_BASE_URL: 'http://127.0.0.1:1', MONITOR_POLL_SECONDS: '5', DATABASE_URL: '' };
    const { origins } = open({ env: { ...env, [DEMO_SETTINGS_VARIABLE]: 'COINGECKO_BASE_URL' } }).view(
      '/data',
    );
    expect(origins).toMatchObject({
      coingeckoUrl: 'demo',
      pollSeconds: 'environment',
      databaseUrl: 'default',
    });
  });

  it('report whether the API key is set by a variable', () => {
    const isInEnvironment = (env: Record<string, string>) => open({ env }).view('/data').apiKeyInEnvironment;
    expect(isInEnvironment({ COINGECKO_API_KEY: 'CG-1' })).toBe(true);
    expect(isInEnvironment({ COINGECKO_API_KEY: ' ' })).toBe(false);
    expect(isInEnvironment({})).toBe(false);
  });

  it('never reveal a database password in an error', () => {
    expect(() => open({ env: { DATABASE_URL: 'mysql://u:secret@h/d' } })).not.toThrow('secret');
    expect(() => open({ env: { COINGECKO_BASE_URL: 'ftp://u:secret@h/d' } })).not.toThrow('secret');
    expect(() => open({ env: { COINGECKO_BASE_URL: 'ftp://u:secret@h/d' } })).toThrow('must be an http://');
  });
});

describe('a change of settings', () => {
  it('is written for the next start, and applied immediately where possible', async () => {
    const settings = open({ file: { vsCurrency: 'eur' } });
    expect(await settings.change({ alertThresholdPct: 5, port: 8_080 })).toEqual(['alertThresholdPct']);
    expect(settings.current()).toMatchObject({ alertThresholdPct: 5, port: null });
    expect(settings.view('/data').needRestart).toEqual(['port']);
    expect(open().current()).toMatchObject({ vsCurrency: 'eur', alertThresholdPct: 5, port: 8_080 });
  });

  it('is applied after the previous one, to its result', async () => {
    const settings = open();
    await Promise.all(
      Array.from({ length: 100 }, (_, index) => [
        settings.change({ alertThresholdPct: 1 + index / 100 }),
        settings.change({ alertWindowMinutes: 2 + index }),
        settings.change({ port: 1_000 + index }),
      ]).flat(),
    );
    const last = { alertThresholdPct: 1.99, alertWindowMinutes: 101, port: 1_099 };
    expect(settings.view('/data').settings).toMatchObject(last);
    expect(open().current()).toMatchObject(last);
  });

  it('that cannot be written changes nothing, and the next one succeeds', async () => {
    const settings = open({ file: { vsCurrency: 'eur' } });
    const aside = `${path}.aside`;
    renameSync(path, aside);
    mkdirSync(path);
    await expect(settings.change({ alertThresholdPct: 5 })).rejects.toThrow('this is a folder, not a file');
    expect(settings.current().alertThresholdPct).toBe(DEFAULT_SETTINGS.alertThresholdPct);
    rmdirSync(path);
    renameSync(aside, path);
    await settings.change({ alertThresholdPct: 6 });
    expect(open().current()).toMatchObject({ alertThresholdPct: 6, vsCurrency: 'eur' });
  });

  it('preserves a concurrent manual edit of the file, and applies it too', async () => {
    const settings = open({ file: { vsCurrency: 'eur' } });
    writeFileSync(path, '{ "vsCurrency": "gbp", "port": 8080 } // mine');
    expect(await settings.change({ alertThresholdPct: 5 })).toEqual(['vsCurrency', 'alertThresholdPct']);
    expect(settings.current()).toMatchObject({ vsCurrency: 'gbp', alertThresholdPct: 5 });
    expect(settings.view('/data').needRestart).toEqual(['port']);
    expect(readFileSync(path, 'utf8')).toContain('// mine');
  });

  it('uses current values for entries damaged by a concurrent edit, and keeps that file as .bad', async () => {
    const settings = open({ file: { vsCurrency: 'eur', alertThresholdPct: 3, port: 8_080 } });
    const damaged = '{ "vsCurrency": "eur", "alertThresholdPct": -1, "port": 80';
    writeFileSync(path, damaged);
    await settings.change({ alertWindowMinutes: 7 });
    expect(readFileSync(`${path}.bad`, 'utf8')).toBe(damaged);
    const expected = { vsCurrency: 'eur', alertThresholdPct: 3, port: 8_080, alertWindowMinutes: 7 };
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(expected);
  });

  it('is refused for a setting from a flag, with its name', async () => {
    const settings = open({ flags: { coins: 'bitcoin' } });
    await expect(settings.change({ coins: ['zcash'] })).rejects.toThrow('"coins" is set by --coins');
    expect(settings.current().coins).toEqual(['bitcoin']);
  });

  it('preserves a database password that the page never received', async () => {
    const settings = open({ file: { databaseUrl: 'postgresql://me:secret@db/prices' } });
    const shown = settings.view('/data').settings;
    expect(shown.databaseUrl).toBe('postgresql://me:***@db/prices');
    await settings.change({ ...shown, alertThresholdPct: 4 });
    expect(open().current().databaseUrl).toBe('postgresql://me:secret@db/prices');
  });

  it('of another part of the database URL preserves the password shown as ***', async () => {
    const settings = open({ file: { databaseUrl: 'postgresql://me:secret@db/prices' } });
    await settings.change({ databaseUrl: 'postgresql://you:***@db/prices2' });
    expect(open().databaseUrl()).toBe('postgresql://you:secret@db/prices2');
  });

  it('of the server in the database URL drops a password that the page never received', async () => {
    const settings = open({ file: { databaseUrl: 'postgresql://me:secret@db/prices' } });
    await expect(settings.change({ databaseUrl: 'postgresql://me:***@db2/prices' })).rejects.toThrow(
      'The password was stored for db:5432 and is not sent to db2:5432.',
    );
    expect(open().databaseUrl()).toBe('postgresql://me:secret@db/prices');
  });

  it('to an invalid connection URL is refused without repeating it', async () => {
    const settings = open({ file: { databaseUrl: 'postgresql://me@db/prices' } });
    const error = await settings.change({ databaseUrl: 'postgresql://me:hu/sh@db/prices' }).catch(String);
    expect(error).toContain('In the password, write "/" as %2F.');
    expect(error).not.toMatch(/hu\/|sh@/);
    expect(settings.view('/data').settings.databaseUrl).toBe('postgresql://me@db/prices');
  });

  it('reveals nothing of an invalid connection URL in the file', () => {
    const settings = open({ file: { databaseUrl: 'postgresql://me:hu/sh@db/prices' } });
    expect(settings.view('/data').settings.databaseUrl).toBe('postgresql://***');
  });

  it.skipIf(process.platform === 'win32')('is written with access only for its owner', async () => {
    await open().change({ vsCurrency: 'eur' });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});

describe('a database password in the secret store', () => {
  const keptPassword = (secrets: ReadonlyMap<string, string>): string =>
    readBoundSecret(secrets.get('databasePassword') ?? '').secret;

  async function withKeyring(file?: unknown) {
    const secrets = new Map<string, string>();
    const databasePassword = await openDatabasePassword({
      get: async (name) => secrets.get(name) ?? null,
      set: async (name, value) => {
        secrets.set(name, value);
        return 'kept';
      },
      remove: async (name) => void secrets.delete(name),
    });
    if (file !== undefined) writeFileSync(path, JSON.stringify(file));
    const notices = openStoredNotices(join(folder, 'notices.json'));
    return { secrets, settings: openSettings({ path, flags: {}, env: {}, databasePassword, notices }) };
  }

  it('is moved out of settings.json, and still used for connecting', async () => {
    const { secrets, settings } = await withKeyring({ databaseUrl: 'postgresql://me:secret@db/prices' });
    await settings.movePassword();
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ databaseUrl: 'postgresql://me@db/prices' });
    expect(keptPassword(secrets)).toBe('secret');
    expect(settings.databaseUrl()).toBe('postgresql://me:secret@db/prices');
    expect(settings.view('/data').settings.databaseUrl).toBe('postgresql://me:***@db/prices');
  });

  it('is reset to the earlier one when its URL cannot be written', async () => {
    const { secrets, settings } = await withKeyring({ databaseUrl: 'postgresql://me:secret@db/prices' });
    await settings.movePassword();
    const aside = `${path}.aside`;
    renameSync(path, aside);
    symlinkSync('/not/mounted/settings.json', path);
    await expect(settings.change({ databaseUrl: 'postgresql://me:typed@db/prices' })).rejects.toThrow(path);
    expect(keptPassword(secrets)).toBe('secret');
  });

  it('is never written to settings.json when it is entered on the page', async () => {
    const { secrets, settings } = await withKeyring();
    await settings.change({ databaseUrl: 'postgresql://me:typed@db/prices' });
    expect(readFileSync(path, 'utf8')).not.toContain('typed');
    expect(keptPassword(secrets)).toBe('typed');
  });
});

describe('rules in the settings', () => {
  const falls = { id: 'falls', kind: 'moving-average', params: { thresholdPct: 5, windowMinutes: 60 } };

  it('are added to the one defined by threshold and window', () => {
    const settings = open({ file: { alertThresholdPct: 3, rules: [falls] } });
    expect(rulesInForce(settings.current())).toEqual([
      ruleOf({ id: 'moving-average', kind: 'moving-average', params: { thresholdPct: 3, windowMinutes: 5 } }),
      ruleOf(falls),
    ]);
  });

  it('can replace the default rule, and then define the threshold and the window in both places', async () => {
    const own = { ...falls, id: 'moving-average', params: { thresholdPct: 5 }, scope: ['bitcoin'] };
    const settings = open({ file: { alertWindowMinutes: 7, rules: [own] } });
    expect(settings.current().alertThresholdPct).toBe(5);
    const params = () => rulesInForce(settings.current()).map((rule) => rule.params);
    expect(params()).toEqual([{ thresholdPct: 5, windowMinutes: 7 }]);
    await settings.change({ alertThresholdPct: 4, alertWindowMinutes: 8 });
    expect(params()).toEqual([{ thresholdPct: 4, windowMinutes: 8 }]);
    expect(rulesInForce(open().current())).toMatchObject([
      { params: { thresholdPct: 4, windowMinutes: 8 }, scope: ['bitcoin'] },
    ]);
  });

  it('come from MONITOR_RULES as JSON', () => {
    expect(open({ env: { MONITOR_RULES: JSON.stringify([falls]) } }).current().rules).toHaveLength(1);
    expect(() => open({ env: { MONITOR_RULES: '[{' } })).toThrow('MONITOR_RULES');
  });

  it.each([
    ['an unknown kind', { ...falls, kind: 'crystal-ball' }, '"falls" is of no known kind: "crystal-ball"'],
    [
      'a wrong parameter',
      { ...falls, params: { thresholdPct: -1 } },
      'params.thresholdPct must be at least 0.01',
    ],
    ['a parameter of another kind', { ...falls, params: { level: 1 } }, '"falls" params'],
    ['no usable id', { ...falls, id: 'A rule' }, 'must be lower-case letters, digits and dashes'],
  ])('with %s are omitted and reported, and the others are kept', (_, wrong, expected) => {
    const settings = open({ file: { rules: [wrong, { ...falls, id: 'other' }] } });
    expect(settings.current().rules.map(({ id }) => id)).toEqual(['other']);
    const [notice] = openStoredNotices(join(folder, 'notices.json')).list();
    expect(notice && text(notice.message)).toContain(expected);
  });

  it('are omitted if they refer to an omitted or missing one', () => {
    const combination = (id: string, rules: readonly string[]) => ({
      id,
      kind: 'combination',
      params: { rules },
    });
    const wrong = { ...falls, id: 'wrong', kind: 'none' };
    const rules = [
      falls,
      wrong,
      combination('a', ['falls', 'moving-average']),
      combination('b', ['falls', 'wrong']),
      combination('c', ['a', 'b']),
    ];
    expect(
      open({ file: { rules } })
        .current()
        .rules.map(({ id }) => id),
    ).toEqual(['falls', 'a']);
  });

  it('can have the scope of a watchlist, whose changes are applied immediately', async () => {
    const majors = { ...falls, scope: { watchlist: 'majors' } };
    const settings = open({ file: { rules: [majors], watchlists: [{ id: 'majors', coins: ['bitcoin'] }] } });
    expect(settings.current().rules).toHaveLength(1);
    expect(await settings.change({ watchlists: [{ id: 'majors', coins: ['zcash'] }] })).toEqual([
      'watchlists',
    ]);
    expect(settings.current().watchlists).toEqual([{ id: 'majors', coins: ['zcash'] }]);
  });

  it('are omitted and reported if their watchlist does not exist, and refused in a variable', () => {
    const lost = { ...falls, id: 'lost', scope: { watchlist: 'majors' } };
    const settings = open({ file: { rules: [falls, lost], watchlists: [{ id: 'majors', coins: ['$'] }] } });
    expect(settings.current().rules.map(({ id }) => id)).toEqual(['falls']);
    const [notice] = openStoredNotices(join(folder, 'notices.json')).list();
    expect(notice && text(notice.message)).toContain('"lost" is invalid: it is for the watchlist "majors"');
    expect(() => open({ env: { MONITOR_RULES: JSON.stringify([lost]) } })).toThrow('watchlist "majors"');
  });

  it('may not have duplicate ids', () => {
    const settings = open({ file: { rules: [falls, falls] } });
    expect(settings.current().rules).toEqual([]);
  });
});
