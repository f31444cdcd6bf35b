import type { ChannelSetting } from '../../../shared/settings/channel-setting.ts';
import { hasSecretParameter, hasUrlCredentials } from '../../../shared/settings/url-secret.ts';
import type { ChannelKind } from './channel-kind.ts';

/**
 * The variable of a channel's secret: `CHANNEL_<ID>_<OPTION>`, in capitals, e.g. `CHANNEL_OPS_SIGNING_SECRET` for the option
 * `signingSecret` of the channel `ops`. As `<variable>_FILE` it names a file that holds the secret.
 */
export function secretVariable(channelId: string, option: string): string {
  const words = option.replace(/[A-Z]/g, (letter) => `_${letter}`);
  return `CHANNEL_${channelId.replaceAll('-', '_')}_${words}`.toUpperCase();
}

/** The options that say where a channel sends its secrets, and whether in the clear. */
const DESTINATIONS = [
  'server',
  'homeserver',
  'host',
  'port',
  'url',
  'apiUrl',
  'brokers',
  'endpoint',
  'security',
  'tls',
  'caFile',
];

/** Where the secrets of a channel go: what is entered for one target is sent to no other. */
export function secretTarget({ kind, options }: Pick<ChannelSetting, 'kind' | 'options'>): string {
  return JSON.stringify([kind, ...DESTINATIONS.map((name) => options[name] ?? null)]);
}

/** A part of a secret that is shorter may as well be a word. */
const LEAST_PART = 8;

/**
 * Replaces secrets in a text that goes into the program's log, the outbox or a page: in whatever case or
 * encoding the other side repeats them, and the parts of a URL or of an Authorization header, which a server names alone ("Cannot POST /hooks/…").
 */
export function redact(text: string, secrets: readonly string[]): string {
  const forms = new Set(secrets.flatMap(partsOf).flatMap(encodingsOf));
  forms.delete('');
  if (forms.size === 0) return text;
  // The longest first: one may be a part of another.
  const longestFirst = [...forms].toSorted((a, b) => b.length - a.length);
  return text.replaceAll(new RegExp(longestFirst.map(escaped).join('|'), 'gi'), '***');
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

function partsOf(secret: string): readonly string[] {
  const url = URL.parse(secret);
  const { pathname = '', search = '', searchParams, username = '', password = '' } = url ?? {};
  const isHttp = url !== null && url.host !== '';
  const parts = isHttp
    ? [
        url.href,
        pathname,
        search,
        username,
        password,
        ...pathname.split('/'),
        ...(searchParams?.values() ?? []),
      ]
    : secret.split(/\s+/);
  return [
    secret,
    ...parts.flatMap((part) => [part, decoded(part)]).filter(({ length }) => length >= LEAST_PART),
  ];
}

function encodingsOf(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  return [
    text,
    encodeURIComponent(text),
    JSON.stringify(text).slice(1, -1),
    // Of a short one, the code may be a word.
    ...(text.length < LEAST_PART
      ? []
      : [
          bytes.toString('base64').replace(/=+$/, ''),
          bytes.toString('base64url'),
          bytes.toString('hex'),
          ...withinBase64(bytes),
        ]),
  ];
}

/**
 * What base64 of a longer text has of these bytes, such as of `user:password`, by where in a group of three they begin. The
 * characters that also depend on their neighbours are left out: a character of the secret at each end.
 */
function withinBase64(bytes: Buffer): readonly string[] {
  return ([0, 1, 2] as const).flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const isWhole = (before + bytes.length) % 3 === 0;
    const inner = encoded.slice(before === 0 ? 0 : before + 1, isWhole ? undefined : -1);
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // it has a "%" that stands for itself
  }
}

/** Whether an option that is not secret has a URL with a secret in it, e.g. `https://me:password@server/`. */
export function holdsUrlSecret(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsUrlSecret);
  return typeof value === 'string' && (hasUrlCredentials(value) || hasSecretParameter(value));
}

/**
 * The channels without the secrets that settings.json contains although it should not: they are not sent to a page. Of a kind that
 * is not known, every text may be one.
 */
export function hideSecrets(
  channels: readonly ChannelSetting[],
  kinds: readonly ChannelKind[],
): ChannelSetting[] {
  return channels.map((channel) => {
    const kind = kinds.find((each) => each.kind === channel.kind);
    const isHidden = (name: string, value: unknown): boolean =>
      kind === undefined
        ? typeof value === 'string'
        : kind.secrets?.some((secret) => secret === name) === true || holdsUrlSecret(value);
    const options = Object.entries(channel.options).map(([name, value]) => [
      name,
      isHidden(name, value) ? '***' : value,
    ]);
    return { ...channel, options: Object.fromEntries(options) };
  });
}
