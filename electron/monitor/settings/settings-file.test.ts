import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { message, text, verbatim } from '../../../shared/messages/message.ts';
import { openStoredNotices, type StoredNotices } from '../status/stored-notices.ts';
import type { FileSettings } from './parse-settings.ts';
import { changeSettingsFile, openSettingsFile, type SettingsFile } from './settings-file.ts';

let folder: string;
let path: string;
let notices: StoredNotices;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-file-'));
  path = join(folder, 'settings.json');
});

afterEach(() => rmSync(folder, { recursive: true }));

/** One start: opens the file and the notices. */
function start(): SettingsFile {
  notices = openStoredNotices(join(folder, 'notices.json'));
  return openSettingsFile(path, {
    repaired: (message) => notices.add('settings-file', message),
    unknown: (message) => notices.hold('settings-names', message),
  });
}

const noticeTexts = (): string =>
  notices
    .list()
    .map(({ message }) => text(message))
    .join('\n');

function startTwice(content: string | Uint8Array): {
  first: FileSettings;
  second: FileSettings;
  noticeTexts: string;
} {
  writeFileSync(path, content);
  const first = start().settings;
  const firstNotices = noticeTexts();
  const second = start().settings;
  expect(noticeTexts()).toBe(firstNotices);
  return { first, second, noticeTexts: firstNotices };
}

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
const swapped = (text: string): Buffer => utf16(text).swap16();
const ASKED = { vsCurrency: 'eur', alertThresholdPct: 3 };
const TEXT = JSON.stringify(ASKED);

describe('settings.json is read', () => {
  it.each<[string, string | Uint8Array]>([
    ['as it is written by the program', TEXT],
    ['with a byte order mark', `\ufeff${TEXT}`],
    ['in UTF-16, little end first, with a mark', utf16(`\ufeff${TEXT}`)],
    ['in UTF-16, little end first, without', utf16(TEXT)],
    ['in UTF-16, big end first, with a mark', swapped(`\ufeff${TEXT}`)],
    ['in UTF-16, big end first, without', swapped(TEXT)],
    ['with comments', `// mine\n{ "vsCurrency": "eur", /* not 2 */ "alertThresholdPct": 3 } // end`],
    ['with trailing commas', `{ "vsCurrency": "eur", "alertThresholdPct": 3, }`],
    ['with line ends of Windows', `{\r\n  "vsCurrency": "eur",\r\n  "alertThresholdPct": 3\r\n}\r\n`],
  ])('%s, and remains unchanged', (_, content) => {
    expect(startTwice(content)).toEqual({ first: ASKED, second: ASKED, noticeTexts: '' });
    expect(readFileSync(path)).toEqual(Buffer.from(content as string));
    expect(readdirSync(folder)).toEqual(['settings.json']);
  });
});

describe('of a settings.json in which something is wrong, the rest is used and written back:', () => {
  it.each<[string, string | Uint8Array, FileSettings, string]>([
    [
      'a wrong value',
      '{"vsCurrency":"eur","alertThresholdPct":-1}',
      { vsCurrency: 'eur' },
      '"alertThresholdPct" must be at least 0.01',
    ],
    [
      'a wrong item',
      '{"coins":["bitcoin","$$$","zcash"]}',
      { coins: ['bitcoin', 'zcash'] },
      '"$$$" is not a CoinGecko coin id',
    ],
    [
      'nothing but wrong items',
      '{"exchanges":["krakn"],"port":8081}',
      { port: 8_081 },
      '"krakn" is not one of kraken',
    ],
    [
      'too many items',
      JSON.stringify({ coins: Array.from({ length: 501 }, (_, i) => `c${i}`) }),
      { coins: Array.from({ length: 500 }, (_, i) => `c${i}`) },
      'at most 500',
    ],
    [
      'a missing comma',
      '{ "vsCurrency": "eur"\n"alertThresholdPct": 3 }',
      ASKED,
      'a comma is missing (line 2, column 1)',
    ],
    [
      'a value without quotes',
      '{ "vsCurrency": "eur", "logLevel": warn, "port": 8081 }',
      { vsCurrency: 'eur', port: 8_081 },
      'this is not JSON (line 1, column 36)',
    ],
    [
      'an end that is missing',
      '{ "vsCurrency": "eur", "alertThresholdPct": 3\n',
      ASKED,
      'the closing } is missing',
    ],
    [
      'a value that is cut short',
      '{ "vsCurrency": "eur", "alertThresholdPct": 3',
      { vsCurrency: 'eur' },
      'the closing } is missing',
    ],
    [
      'a list that is cut short',
      '{ "vsCurrency": "eur", "coins": ["bitcoin", "eth',
      { vsCurrency: 'eur' },
      'no closing quote',
    ],
    [
      'two objects',
      '{ "vsCurrency": "eur" }{ "vsCurrency": "gbp" }',
      { vsCurrency: 'eur' },
      'there is more after the closing }',
    ],
    [
      'a name twice',
      '{ "port": 8081, "vsCurrency": "eur", "port": 8082 }',
      { vsCurrency: 'eur', port: 8_082 },
      '"port" appears more than once',
    ],
    [
      'a name twice, the second time wrong',
      '{ "port": 8081, "vsCurrency": "eur", "port": "x" }',
      { vsCurrency: 'eur', port: 8_081 },
      '"port" must be a number',
    ],
    [
      'bytes that are not UTF-8',
      Buffer.from('{"alertsFile":"J\xfcrgen.txt","vsCurrency":"eur"}', 'latin1'),
      { vsCurrency: 'eur' },
      'bytes that are not UTF-8',
    ],
    ['an array', '["bitcoin"]', {}, 'does not contain one JSON object'],
    ['null', 'null', {}, 'does not contain one JSON object'],
    ['no JSON at all', '{ coins: bitcoin }', {}, 'this is not JSON (line 1, column 3)'],
    ['zeros, as a power cut leaves them', Buffer.alloc(300), {}, 'not JSON'],
    ['a nesting deeper than the stack', '['.repeat(200_000), {}, 'does not contain one JSON object'],
  ])('%s', (_, content, settings, message) => {
    const { first, second, noticeTexts } = startTwice(content);
    expect(first).toEqual(settings);
    expect(second).toEqual(settings);
    expect(noticeTexts).toContain(message);
    expect(noticeTexts).toContain(`kept as ${path}.bad`);
    expect(readFileSync(`${path}.bad`)).toEqual(Buffer.from(content as string));
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(settings);
    expect(readdirSync(folder)).toEqual(['notices.json', 'settings.json', 'settings.json.bad']);
  });

  it.each(['', ' \n'])('an empty file (%j), of which there is nothing to keep', (content) => {
    expect(startTwice(content)).toMatchObject({
      first: {},
      second: {},
      noticeTexts: expect.stringContaining('it is empty'),
    });
    expect(readdirSync(folder)).toEqual(['notices.json', 'settings.json']);
  });

  it('never reveals a password in the file', () => {
    for (const end of ['', '"', '"}', '",}', '" "x"}'])
      expect(startTwice(`{"databaseUrl":"mysql://me:hush@db/prices${end}`).noticeTexts).not.toContain('hush');
  });

  it('quotes little of a file with unrelated contents', () => {
    const coins = Array.from({ length: 100 }, (_, index) => '$'.repeat(index));
    const others = Object.fromEntries(coins.map((name) => [`x${name}`, 1]));
    expect(startTwice(JSON.stringify({ coins, ...others })).noticeTexts.length).toBeLessThan(1_500);
  });

  it('reports that the embedded database is used when the URL is invalid', () => {
    expect(startTwice('{"databaseUrl":"mysql://db"}').noticeTexts).toContain('with the embedded database');
  });

  it('preserves comments and the formatting of valid entries', () => {
    startTwice('{\n  // mine\n  "coins": ["zcash",], /* one */\n  "vsCurrency": "eur",\n  "port": "x"\n}\n');
    expect(readFileSync(path, 'utf8')).toBe(
      '{\n  // mine\n  "coins": ["zcash",], /* one */\n  "vsCurrency": "eur"\n}\n',
    );
  });

  it('keeps a copy of each damaged file, and an identical one only once', () => {
    for (const content of ['first', 'second', 'first']) startTwice(content);
    expect(readFileSync(`${path}.bad`, 'utf8')).toBe('first');
    expect(readFileSync(`${path}.bad-2`, 'utf8')).toBe('second');
    expect(readdirSync(folder)).toHaveLength(4);
  });
});

describe('an unknown entry', () => {
  const text = '{\n  "ofTomorrow": { "a": [1] }, // mine\n  "__proto__": 1,\n  "vsCurrency": "eur"\n}\n';

  it('is preserved, and reported until the notice is dismissed or the entry is removed', async () => {
    expect(startTwice(text).noticeTexts).toContain(
      '"ofTomorrow", "__proto__" are not settings of this version',
    );
    expect(readFileSync(path, 'utf8')).toBe(text);
    notices.dismiss('settings-names');
    const file = start();
    expect(noticeTexts()).toBe('');
    await file.change(async () => ({ alertThresholdPct: 3 }));
    const written = readFileSync(path, 'utf8');
    expect(written).toContain('"ofTomorrow": { "a": [1] }, // mine');
    expect(written).toContain('"__proto__": 1');

    writeFileSync(path, '{}');
    start();
    writeFileSync(path, text);
    start();
    expect(noticeTexts()).toContain('ofTomorrow');
  });

  it('is preserved when the file is rewritten', async () => {
    const plain = text.replace('// mine', '');
    startTwice(`${plain}x`);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(JSON.parse(plain));
  });
});

describe('a settings.json that is not a regular file', () => {
  it('is refused when it is a folder', () => {
    mkdirSync(path);
    expect(() => start()).toThrow(`Cannot read ${path}: this is a folder, not a file.`);
  });

  it.skipIf(process.getuid?.() === 0)('is refused when it may not be read (root may read any)', () => {
    writeFileSync(path, TEXT, { mode: 0o000 });
    expect(() => start()).toThrow('permission denied');
  });

  it.skipIf(process.platform === 'win32')('is refused when it is a dangling link', () => {
    symlinkSync('/not/mounted/settings.json', path);
    expect(() => start()).toThrow('is a link that leads nowhere');
  });

  it.skipIf(process.platform === 'win32')('remains a link, and its target is corrected', () => {
    const target = join(folder, 'dotfiles.json');
    writeFileSync(target, '{"vsCurrency":"eur","port":"x"}');
    symlinkSync(target, path);
    expect(start().settings).toEqual({ vsCurrency: 'eur' });
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(JSON.parse(readFileSync(target, 'utf8'))).toEqual({ vsCurrency: 'eur' });
  });

  it.skipIf(process.getuid?.() === 0)(
    'is used and not changed when it may not be written (root may write any)',
    async () => {
      const text = '{"vsCurrency":"eur","port":"x"}';
      writeFileSync(path, text);
      chmodSync(path, 0o400);
      for (const _ of [1, 2]) {
        expect(start().settings).toEqual({ vsCurrency: 'eur' });
        expect(noticeTexts()).toMatch(/"port" must be a number\. .*Cannot correct .*permission denied/s);
      }
      await expect(start().change(async () => ({ port: 8_081 }))).rejects.toThrow('permission denied');
      expect(readFileSync(path, 'utf8')).toBe(text);
    },
  );
});

describe('a notice', () => {
  it('of another part is stored if requested, and not shown again after it was dismissed', () => {
    const past = { id: 'journal-set-aside', message: verbatim('The journal was damaged.'), isKept: true };
    const present = { id: 'database-write', message: verbatim('The database rejects the prices.') };
    start();
    const noticeTexts = () => notices.withReported([past, null, present]).map(({ id }) => id);
    expect(noticeTexts()).toEqual(['journal-set-aside', 'database-write']);
    start();
    expect(notices.list().map(({ id }) => id)).toEqual(['journal-set-aside']);
    expect(noticeTexts()).toEqual(['journal-set-aside', 'database-write']);
    notices.dismiss('journal-set-aside');
    expect(noticeTexts()).toEqual(['database-write']);
    start();
    expect(notices.list()).toEqual([]);
  });

  it('that was dismissed is not shown again, but a later one of its kind is', () => {
    startTwice('{"port":"x"}');
    for (const { id } of notices.list()) notices.dismiss(id);
    start();
    expect(noticeTexts()).toBe('');
    expect(startTwice('{"port":"y","vsCurrency":1}').noticeTexts).toContain('vsCurrency');
  });

  it('that an earlier version stored as text is shown unchanged, and gets its code when it is reported again', () => {
    const kept = (): unknown => JSON.parse(readFileSync(join(folder, 'notices.json'), 'utf8'));
    const text =
      'Migration 4 (x) was applied to this database in a different form than this version contains. ' +
      'Reinstall the version that created the database, or use another database.';
    const flags = { lasts: false, isDismissed: false };
    writeFileSync(join(folder, 'notices.json'), JSON.stringify([{ id: 'old', message: text, ...flags }]));
    start();
    expect(noticeTexts()).toBe(text);
    const content = message('database.other-migration', { version: 4, name: 'x' });
    notices.add('old', content);
    expect(noticeTexts()).toBe(text);
    expect(kept()).toEqual([{ id: 'old', message: content, ...flags }]);
  });

  it('does not prevent the start when its file is damaged', () => {
    writeFileSync(join(folder, 'notices.json'), '[{');
    expect(startTwice(TEXT).first).toEqual(ASKED);
  });
});

describe('settings.json that several processes change at the same moment', () => {
  it('has the changes of all of them', async () => {
    const withCoin = (coin: string) => (now: FileSettings) => ({ coins: [...(now.coins ?? []), coin] });
    const programs = [start(), start(), start()];
    const commands = ['d', 'e', 'f', 'g'].map((coin) => changeSettingsFile(path, withCoin(coin)));
    const changes = programs.map((program, index) =>
      program.change(async (now) => withCoin('abc'.charAt(index))(now)),
    );
    await Promise.all([...commands, ...changes]);
    expect(start().settings.coins?.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
    expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  it('keeps what is written by hand while a change is computed', async () => {
    writeFileSync(path, '{ "coins": ["zcash"] }');
    const program = start();
    let calls = 0;
    await program.change(async () => {
      if (calls++ === 0) writeFileSync(path, '{ "coins": ["zcash"], "vsCurrency": "eur" }');
      return { realTime: false };
    });
    expect(start().settings).toEqual({ coins: ['zcash'], vsCurrency: 'eur', realTime: false });
    expect(calls).toBe(2);
  });
});
