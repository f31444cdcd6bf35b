import type { Nested } from './nested.ts';

/** Syntax errors in settings.json, by the names of their codes in jsonc-parser. */
const SYNTAX: Readonly<Record<string, string>> = {
  CommaExpected: 'a comma is missing',
  ColonExpected: 'a colon is missing',
  ValueExpected: 'a value is missing',
  PropertyNameExpected: 'a name in double quotes is missing',
  CloseBraceExpected: 'the closing } is missing',
  CloseBracketExpected: 'the closing ] is missing',
  EndOfFileExpected: 'there is more after the closing }',
  UnexpectedEndOfString: 'the string has no closing quote',
  UnexpectedEndOfComment: 'the comment has no end',
};

/** Settings: what is wrong with a value, and why one cannot be changed. */
export const settingTexts = {
  // Predicates of a sentence whose subject is the setting, or what was typed.
  'value.not-a-number': () => 'must be a number',
  'value.ambiguous-number': (p: { typed: string; plain: string }) =>
    `can be read in two ways, as ${p.plain} or as ${Number.parseInt(p.typed, 10)}: write it without the comma`,
  'value.not-whole': () => 'must be a whole number',
  'value.not-a-switch': () => 'must be true or false',
  'value.missing': () => 'is missing',
  'value.not-a-text': () => 'must be text, in double quotes',
  'value.not-a-list': () => 'must be a list, in square brackets',
  'value.not-an-object': () => 'must be an object, in braces',
  'value.not-an-instant': () => 'must be a time with its zone, e.g. "2026-12-31T18:00:00Z"',
  'value.not-a-scope': () =>
    'must be "all", a list of coin ids such as ["bitcoin"], or a watchlist such as {"watchlist": "majors"}',
  'value.unknown-names': (p: { names: readonly string[] }) =>
    `has ${p.names.length === 1 ? 'the unknown field' : 'the unknown fields'} ${p.names.map((name) => `"${name}"`).join(', ')}`,
  'value.too-few-items': (p: { least: number }) =>
    p.least === 1 ? 'must not be an empty list' : `needs at least ${p.least} entries`,
  'value.too-many-items': (p: { most: number }) => `holds at most ${p.most} entries`,
  'value.wrong': () => 'is invalid',
  'value.empty': () => 'must not be empty',
  'value.too-small': (p: { least: number }) => `must be at least ${p.least}`,
  'value.not-above': (p: { bound: number }) => `must be more than ${p.bound}`,
  'value.too-large': (p: { most: number }) => `must be at most ${p.most}`,
  'value.too-few': () => 'needs at least one coin',
  'value.too-many': (p: { most: number }) => `holds at most ${p.most} coins`,
  'value.not-a-choice': (p: { choices: readonly string[] }) => `must be one of ${p.choices.join(', ')}`,
  'value.item-not-a-choice': (p: { choices: readonly string[] }) => `is not one of ${p.choices.join(', ')}`,
  'value.not-a-coin-id': () =>
    'is not a CoinGecko coin id (letters, digits, dashes and underscores without spaces, e.g. "bitcoin")',
  'value.not-a-currency': () => 'is not a currency code, e.g. "usd"',
  'value.not-an-http-url': () => 'must be an http:// or https:// URL',
  'value.url-with-credentials': () =>
    'must not contain a user name or a password, which requests cannot carry',
  'value.certificate-without-key': () => 'must be given together with "keyFile"',
  'value.url-with-key': () => 'must not contain a key: set it as COINGECKO_API_KEY or on the page',
  'value.unsafe-port': () => 'is a port that browsers refuse to open; choose another, e.g. 8080',
  'value.not-hours': () => 'must be two times of day, e.g. "22:00-07:00"',
  'value.no-hours': () => 'must not start and end at the same time; leave them empty for none',
  'value.not-an-interval': () =>
    'must be a number of minutes, hours, days or weeks up to a year, such as 1m, 45m, 4h, 1d or 1w',
  'value.key-too-long': () => 'is too long for a key',
  'value.relative-path': () => 'must be an absolute path, such as /home/me/alerts.txt.',

  'value.not-one-rule': () =>
    'must be one JSON object, such as {"kind": "change", "params": {"changePct": 5}}',
  'value.not-a-rule-id': () => 'must be lower-case letters, digits and dashes, e.g. "btc-falls"',
  'value.too-many-rules': (p: { most: number }) => `holds at most ${p.most} rules`,
  'value.rule-twice': () => 'has two rules with the same id',

  'rule.unknown-kind': (p: { kind: string; kinds: readonly string[] }) =>
    `is of no known kind: "${p.kind}" is not one of ${p.kinds.join(', ')}`,
  'value.same-source': () => 'must be two different sources',
  'rule.unknown-members': (p: { unknown: readonly string[] }) =>
    `refers to ${p.unknown.map((id) => `"${id}"`).join(', ')}, which ${p.unknown.length === 1 ? 'is not a rule' : 'are not rules'}`,
  'rule.unknown-watchlist': (p: { watchlist: string; known: readonly string[] }) =>
    `is for the watchlist "${p.watchlist}", which is not among \`watchlists\` (${p.known.length === 0 ? 'there are none' : p.known.join(', ')})`,
  'value.watchlist-twice': () => 'has two watchlists with the same id',
  'rule.circle': (p: { circle: readonly string[] }) => `refers to itself: ${p.circle.join(' → ')}`,
  'rule.other-direction': (p: { kind: string; directions: readonly string[] }) =>
    p.directions.length === 0
      ? `must be "both": a rule of the kind "${p.kind}" has no direction`
      : `must be "both" or ${p.directions.map((one) => `"${one}"`).join(' or ')}: a rule of the kind "${p.kind}" has no other direction`,
  'rule.param-fault': (p: { param: string; fault: Nested }) => `${p.param} ${p.fault}`,
  'rule.id-taken': (p: { id: string }) => `is already the name of another rule: "${p.id}"`,
  'rule.fault': (p: { id: string; fault: Nested }) => `The rule "${p.id}" is invalid: it ${p.fault}.`,

  'setting.faults': (p: { of: readonly Nested[]; more: number }) =>
    [...p.of, ...(p.more > 0 ? [`and ${p.more} more`] : [])].join(', '),
  'setting.item-fault': (p: { item: string; fault: Nested }) => `"${p.item}" ${p.fault}`,
  'setting.item-field-fault': (p: { item: string; field: string; fault: Nested }) =>
    `"${p.item}" ${p.field} ${p.fault}`,
  'setting.typed-item-fault': (p: { item: string; fault: Nested }) => `“${p.item}” ${p.fault}`,
  'setting.start-fault': (p: { label: string; shown: string | null; fault: Nested }) =>
    `${p.label}${p.shown === null ? '' : ` "${p.shown}"`} ${p.fault}`,
  'setting.issue': (p: { setting: string; fault: Nested }) =>
    /^[a-z]/.test(p.fault) ? `"${p.setting}" ${p.fault}` : p.fault,
  'setting.overridden': (p: { setting: string; label: string }) =>
    `"${p.setting}" is set by ${p.label} and cannot be changed here. Start the program without it.`,
  'setting.set-by-demo': (p: { setting: string }) =>
    `"${p.setting}" is set by the demo and cannot be changed here. Start the program without it.`,
  'setting.tray-coin-unwatched': (p: { coinId: string }) =>
    `"${p.coinId}" is not one of the coins above, so it has no price.`,
  'setting.no-prices-in': (p: { vsCurrency: string }) => `CoinGecko has no prices in "${p.vsCurrency}".`,
  'setting.no-prices-in-this': () => 'CoinGecko has no prices in this currency.',
  'setting.coin-not-added': (p: { typed: string }) =>
    `“${p.typed}” is not added yet. Choose a coin, or press Enter.`,
  'setting.connection-url': (p: { fault: Nested }) => `The connection URL ${p.fault}.`,
  'setting.password-for-another-server': (p: { keptFor: string; target: string }) =>
    `The password was stored for ${p.keptFor} and is not sent to ${p.target}. ` +
    'Write the password for this server in place of ***.',
  'setting.password-of-environment': (p: { target: string }) =>
    `The password in PGPASSWORD is not sent to ${p.target}, because the environment does not name that server. ` +
    'Write the password into the URL, or set DATABASE_URL beside PGPASSWORD and start again.',

  'alerts-file.is-folder': (p: { path: string }) => `${p.path} is a folder. Name a file in it.`,
  'alerts-file.no-folder': (p: { folder: string }) =>
    `The folder ${p.folder} does not exist. Create it, or name another.`,
  'alerts-file.folder-is-file': (p: { folder: string }) => `${p.folder} is a file, not a folder.`,
  'alerts-file.forbidden': (p: { path: string }) =>
    `The program may not write to ${p.path}. Give it the right to, or name another file.`,

  'settings-file.empty': () => 'it is empty',
  'settings-file.syntax': (p: { problem: string; line: number; column: number }) =>
    `${SYNTAX[p.problem] ?? 'this is not JSON'} (line ${p.line}, column ${p.column})`,
  'settings-file.no-object': () => 'it does not contain one JSON object',
  'settings-file.not-utf8': () => 'it contains bytes that are not UTF-8; save it as UTF-8',
  'settings-file.fault': (p: { setting: string; fault: Nested }) => `"${p.setting}" ${p.fault}`,
  'settings-file.twice': (p: { setting: string }) =>
    `"${p.setting}" appears more than once; the last valid entry is used`,
  'settings-file.faulty': (p: { path: string; of: readonly Nested[] }) =>
    `Cannot use ${p.path}: ${p.of.join('; ')}. Correct it, or start the program, which keeps its valid settings.`,
  'settings-file.repaired': (p: Faults & { keptAs: string | null }) =>
    `${faults(p)}${p.keptAs === null ? '' : `; the original file is kept as ${p.keptAs}`}.`,
  'settings-file.unrepaired': (p: Faults & { failure: Nested }) => `${faults(p)}. ${p.failure}`,
  'settings-file.unknown-names': (p: { path: string; names: readonly string[]; count: number }) => {
    const more = p.count - p.names.length;
    const names = `${p.names.map((name) => JSON.stringify(name)).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
    const [are, stay] = p.count === 1 ? ['is not a setting', 'It has'] : ['are not settings', 'They have'];
    return `In ${p.path} ${names} ${are} of this version. ${stay} no effect; correct the spelling, or remove it.`;
  },
};

/** `isEmbedded`: the entry for the user's own database could not be read, so that the embedded one is used. */
type Faults = { path: string; of: readonly Nested[]; rest: 'used' | 'defaults'; isEmbedded: boolean };

function faults({ path, of, rest, isEmbedded }: Faults): string {
  const taken = rest === 'used' ? 'Its valid settings are used' : 'The defaults are used';
  return `${path} is not valid: ${of.join('; ')}. ${taken}${isEmbedded ? ', with the embedded database' : ''}`;
}

/** Secrets, which are stored separately from the settings. */
const SECRETS = {
  coingeckoApiKey: 'CoinGecko API key',
  databasePassword: 'database password',
  channelSecrets: 'secrets of channels',
};
type SecretParams = { secret: keyof typeof SECRETS };

/** Why a secret cannot be stored, read or sent. */
export const secretTexts = {
  'secret.undecipherable': (p: SecretParams) =>
    `The ${SECRETS[p.secret]} cannot be decrypted. Unlock the keyring and start again, or enter it again.`,
  'secret.not-encrypted': (p: SecretParams) =>
    `The ${SECRETS[p.secret]} cannot be encrypted. Unlock the keyring and try again.`,
  'secret.store-plain': (p: SecretParams) => `Store the ${SECRETS[p.secret]} unencrypted?`,
  'secret.store-plain-where': (p: { path: string }) =>
    'This system has no keyring that could keep it (GNOME Keyring or KWallet). It would be readable in ' +
    `${p.path} for you, and for every program that runs as you.\n\nInstall and unlock a keyring to have it encrypted.`,
  'secret.do-not-store': () => 'Do Not Store',
  'secret.store-unencrypted': () => 'Store Unencrypted',
  'secret.unreadable-title': () => 'A secret cannot be read',
  'secret.file-damaged': (p: { path: string }) =>
    `${p.path} is damaged. Delete it and enter the API key and the password again.`,
  'secret.password-not-stored': () =>
    'The database password was not stored, and the settings are unchanged. ' +
    'Set the environment variable DATABASE_URL or DATABASE_URL_FILE instead.',
  'secret.channel-not-stored': () => 'The secret was not stored, as you chose.',
  'secret.no-channel-store': () =>
    'This host stores no secrets: set them in the environment, as docs/channels.md describes.',
  'secret.key-not-stored': () => 'The key was not stored, as you chose.',
  'secret.no-store': () =>
    'This host stores no secrets: set COINGECKO_API_KEY in the environment, and COINGECKO_BASE_URL beside it.',
  'secret.key-unencrypted': (p: { target: string }) =>
    `A key is sent over https, or to this machine, and ${p.target} is neither. Change the address of CoinGecko.`,
  'secret.key-of-environment': (p: { keptFor: string; target: string }) =>
    `The API key in COINGECKO_API_KEY is for ${p.keptFor} and is not sent to ${p.target}. ` +
    'To use it there, set COINGECKO_BASE_URL beside it and start again.',
  'secret.key-for-another-server': (p: { keptFor: string; target: string }) =>
    `The API key was stored for ${p.keptFor} and is not sent to ${p.target}. ` +
    'Enter the key for this address below and save both, or delete the stored one first.',
  'secret.set-twice': (p: { name: string; fileVariable: string }) =>
    `Both ${p.name} and ${p.fileVariable} are set. Set only one of them.`,
  'secret.unreadable': (p: { variable: string; path: string; reason: Nested }) =>
    `${p.variable}: cannot read ${p.path}: ${p.reason}`,
  'secret.file-missing': () => 'there is no such file. Name one that exists.',
  'secret.file-is-folder': () => 'this is a folder. Name a file.',
  'secret.file-forbidden': () => 'permission denied. Let the user that runs the program read it.',
  'secret.file-empty': (p: { variable: string; path: string }) =>
    `${p.variable}: ${p.path} is empty. It must contain the secret.`,
  'secret.file-of-lines': (p: { variable: string; path: string }) =>
    `${p.variable}: ${p.path} has several lines. It must contain the secret and nothing else.`,
};

/** Predicates of a sentence about a connection URL, or about the variable that contains it. They never quote the URL. */
export const connectionUrlTexts = {
  'connection-url.scheme': () => 'must start with postgresql://',
  'connection-url.at-in-name': () => 'has an "@" in the name of the database',
  'connection-url.open-bracket': () => 'has a "[" without its "]" in the host',
  'connection-url.port-count': () => 'has a different number of ports than of hosts',
  'connection-url.host': () => 'has a host with a character that no host name has',
  'connection-url.port': () => 'has a port that is not a number from 1 to 65535',
  'connection-url.parameter-form': () => 'has a parameter without a name or without "="',
  'connection-url.escape': () => 'has a "%" that is not the start of an escape such as %2F; write it as %25',
  'connection-url.parameter': (p: { name: string | null }) =>
    `has ${p.name === null ? 'a parameter' : `the parameter "${p.name}"`}, which is not supported`,
  'connection-url.parameter-value': (p: { name: string; values: readonly string[] }) =>
    `has a value of "${p.name}" that is not supported; it may be ${p.values.join(', ')}`,
  'connection-url.unescaped-password': (p: { fault: Nested; characters: readonly Character[] }) => {
    const rules = p.characters.map((character) => `"${character}" as ${ESCAPES[character]}`);
    return `${p.fault}. In the password, write ${rules.join(', ')}`;
  },
};

const ESCAPES = { '/': '%2F', '?': '%3F', '#': '%23', '@': '%40' };
type Character = keyof typeof ESCAPES;
