import { ruleOf } from '../../shared/domain/rule.ts';
import type { SettingName, Settings } from '../../shared/settings/settings.ts';
import type { SeededRandom } from './seeded-random.ts';

export type MutatedSettings = {
  /** A description of the mutation, for the message of a failure. */
  readonly how: string;
  readonly bytes: Buffer;
  /** The settings that must be in effect, because the mutation did not affect them. */
  readonly untouched: Partial<Settings>;
};

const VALUES: { readonly [Name in SettingName]: readonly Settings[Name][] } = {
  coins: [['bitcoin'], ['ethereum', 'zcash'], ['bitcoin', 'dogecoin', 'solana', 'monero']],
  vsCurrency: ['eur', 'gbp', 'jpy'],
  pollSeconds: [null, 12.5, 60],
  alertThresholdPct: [3, 0.5, 10],
  alertWindowMinutes: [7, 60],
  rules: [
    [],
    [
      ruleOf({
        id: 'hour',
        kind: 'moving-average',
        params: { thresholdPct: 5, windowMinutes: 60 },
        scope: ['bitcoin'],
        severity: 'critical',
      }),
    ],
  ],
  mutes: [[], [{ coin: 'bitcoin', until: '2026-01-05T12:00:00Z' }]],
  pause: [null, { until: '2026-01-05T12:00:00Z' }],
  marketAlerts: [{ enabled: false, sharePct: 100, withinSeconds: 1 }],
  inhibition: [{ enabled: false, leadingCoin: 'ethereum', score: 3, floorPct: 0 }],
  watchlists: [[], [{ id: 'majors', coins: ['bitcoin', 'ethereum'] }]],
  databaseUrl: ['', 'postgresql://me:hush@db.example/prices'],
  archiveUrl: [null, '/srv/archive', 's3://prices/archive?region=eu-central-1'],
  keepTicksDays: [null, 30],
  keepMinutesDays: [null, 365],
  maxDatabaseGb: [null, 5],
  deleteWithoutArchive: [true, false],
  coingeckoUrl: [null, 'https://proxy.example/coingecko'],
  exchanges: [[], ['kraken'], ['binance', 'coinbase']],
  realTime: [true, false],
  alertsFile: [null, '/var/log/alerts.txt', 'C:\\Users\\J\u00fcrgen\\alerts.txt'],
  channels: [
    [],
    [
      {
        id: 'ops',
        kind: 'webhook',
        enabled: false,
        options: {},
        route: { severity: 'warning', coins: ['bitcoin'], watchlist: 'majors' },
        sendResolved: false,
        digestMinutes: null,
      },
    ],
  ],
  port: [null, 8_080],
  quietHours: [null, '22:00-07:00'],
  notificationSound: [true, false],
  trayCoin: [null, 'zcash'],
  logLevel: ['debug', 'warn'],
};
const NAMES = Object.keys(VALUES) as readonly SettingName[];

/** Invalid for every setting except free text. */
const WRONG = [{}, { a: 1 }, [[]], -7, 1e300, '', '\u0000', `${'x'.repeat(300)}$`, [null]] as const;

/** Settings that a user may have, with one fault in their file. */
export function mutateSettings(random: SeededRandom): MutatedSettings {
  const names = random.shuffled(NAMES).slice(0, random.whole(1, NAMES.length));
  const settings = Object.fromEntries(names.map((name) => [name, random.pick<unknown>(VALUES[name])]));
  const mutate = random.pick([
    oddForm,
    wrongValue,
    strangeName,
    twice,
    missingComma,
    cutShort,
    wrongByte,
    removed,
    inserted,
    noObject,
  ]);
  return mutate(settings as Partial<Settings>, random);
}

type Mutation = (settings: Partial<Settings>, random: SeededRandom) => MutatedSettings;

const linesOf = (settings: object): readonly string[] =>
  Object.entries(settings).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`);
const textOf = (settings: object): string => `{\n${linesOf(settings).join(',\n')}\n}\n`;
const without = (settings: Partial<Settings>, ...names: readonly string[]): Partial<Settings> =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => !names.includes(name)));

/** Everything is valid, but unusually formatted. */
const oddForm: Mutation = (settings, random) => {
  const comment = random.pick(['', '// a "comment": 1,\n', '/* and\n{ another */ ']);
  const end = random.pick(['\n', ',\n', ', // last\n']);
  const text = `${comment}{\n${linesOf(settings).join(`, ${comment}\n`)}${end}}`;
  const [how, bytes] = random.pick<readonly [string, Buffer]>([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16', Buffer.from(text, 'utf16le')],
    ['UTF-16 with a mark', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16, big end first', Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
    ['line ends of Windows', Buffer.from(text.replaceAll('\n', '\r\n'))],
  ]);
  return { how, bytes, untouched: settings };
};

const wrongValue: Mutation = (settings, random) => {
  const name = random.pick(Object.keys(settings));
  const mutated = { ...settings, [name]: random.pick<unknown>(WRONG) };
  return { how: `wrong ${name}`, bytes: Buffer.from(textOf(mutated)), untouched: without(settings, name) };
};

const strangeName: Mutation = (settings, random) => {
  const name = random.pick(['alertTreshold', '__proto__', 'constructor', '', 'Coins', '\u2028']);
  const entries = [...Object.entries(settings), [name, random.pick<unknown>([...WRONG, 1, 'x'])]];
  const text = textOf(Object.fromEntries(random.shuffled(entries)));
  return { how: `strange name ${name}`, bytes: Buffer.from(text), untouched: settings };
};

const twice: Mutation = (settings, random) => {
  const isAnyText = (name: string): boolean => ['alertsFile', 'databaseUrl'].includes(name);
  const name = random.pick(['vsCurrency', ...Object.keys(settings)].filter((one) => !isAnyText(one)));
  const lines = linesOf(settings);
  const again = `  ${JSON.stringify(name)}: ${JSON.stringify(random.pick<unknown>(WRONG))}`;
  const text = `{\n${random.shuffled([...lines, again]).join(',\n')}\n}`;
  // The valid one of the two entries is in effect.
  return { how: `${name} twice`, bytes: Buffer.from(text), untouched: settings };
};

const missingComma: Mutation = (settings, random) => {
  const lines = linesOf(settings);
  const missing = random.whole(0, lines.length - 1);
  const text = lines.map((line, index) => line + (index === missing ? '\n' : ',\n')).join('');
  return { how: `no comma after entry ${missing}`, bytes: Buffer.from(`{\n${text}}`), untouched: settings };
};

const cutShort: Mutation = (settings, random) => {
  const text = textOf(settings);
  const length = random.whole(0, text.length - 1);
  const lines = text.slice(0, length).split('\n');
  // Every setting with a complete line survives.
  const whole = Object.keys(settings).slice(0, Math.max(0, lines.length - 2));
  const lost = Object.keys(settings).filter((name) => !whole.includes(name));
  return {
    how: `cut short at ${length}`,
    bytes: Buffer.from(text.slice(0, length)),
    untouched: without(settings, ...lost),
  };
};

/** Changes a byte of a value. The entries before its line are not affected. */
const wrongByte: Mutation = (settings, random) => {
  const bytes = Buffer.from(textOf(settings));
  const at = random.whole(2, bytes.length - 1);
  bytes[at] = random.whole(0, 255);
  return { how: `another byte at ${at}`, bytes, untouched: before(settings, bytes, at) };
};

const removed: Mutation = (settings, random) => {
  const bytes = Buffer.from(textOf(settings));
  const at = random.whole(2, bytes.length - 1);
  const mutated = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random.whole(1, 20))]);
  return { how: `bytes removed at ${at}`, bytes: mutated, untouched: before(settings, bytes, at) };
};

const inserted: Mutation = (settings, random) => {
  const bytes = Buffer.from(textOf(settings));
  const at = random.whole(2, bytes.length);
  const what = random.pick(['"', '{', '}', '[', ']', ':', ',', '/*', '//', '\u0000', '<<<<<<< HEAD\n', '\\']);
  const mutated = Buffer.concat([bytes.subarray(0, at), Buffer.from(what), bytes.subarray(at)]);
  return { how: `${what} inserted at ${at}`, bytes: mutated, untouched: before(settings, bytes, at) };
};

const noObject: Mutation = (_settings, random) => {
  const text = random.pick([
    '',
    ' ',
    'null',
    '[]',
    '"x"',
    '[{"coins":["zcash"]}]',
    'coins=zcash',
    '\u0000'.repeat(99),
  ]);
  return { how: 'no object', bytes: Buffer.from(text), untouched: {} };
};

/** The settings whose complete line ends before this byte. */
function before(settings: Partial<Settings>, bytes: Buffer, at: number): Partial<Settings> {
  const whole = bytes.subarray(0, at).toString('latin1').split('\n').length - 2;
  const names = Object.keys(settings).slice(Math.max(0, whole));
  return without(settings, ...names);
}
