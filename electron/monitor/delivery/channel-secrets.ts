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

/** The destination of a channel's secrets: a secret that was entered for one destination is not sent to another. */
export function secretTarget({ kind, options }: Pick<ChannelSetting, 'kind' | 'options'>): string {
  return JSON.stringify([kind, ...DESTINATIONS.map((name) => options[name] ?? null)]);
}

/** Shorter parts of a secret may be ordinary words. */
const MIN_PART_LENGTH = 8;

/**
 * Replaces secrets in a text that is written to the program's log, the outbox or a page: in any case or encoding in which the
 * other side repeats them, and also parts of a URL or of an Authorization header, which a server may repeat alone ("Cannot POST
 * /hooks/…").
 */
export function redact(text: string, secrets: readonly string[]): string {
  const forms = new Set(secrets.flatMap(partsOf).flatMap(encodingsOf));
  forms.delete('');
  if (forms.size === 0) return text;
  // The longest first: one may be part of another.
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
    ...parts.flatMap((part) => [part, decoded(part)]).filter(({ length }) => length >= MIN_PART_LENGTH),
  ];
}

function encodingsOf(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  return [
    text,
    encodeURIComponent(text),
    JSON.stringify(text).slice(1, -1),
    // The encoded form of a short one may be an ordinary word.
    ...(text.length < MIN_PART_LENGTH
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
 * The base64 forms of these bytes within a longer text, such as `user:password`, for each position within a group of three bytes.
 * The characters that also depend on neighboring bytes are left out: a character of the secret at each end.
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
    return text; // it contains a literal "%"
  }
}

/** Whether an option that is not secret contains a URL with a secret, e.g. `https://me:password@server/`. */
export function holdsUrlSecret(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsUrlSecret);
  return typeof value === 'string' && (hasUrlCredentials(value) || hasSecretParameter(value));
}

/**
 * The channels without secrets that settings.json contains although it should not: these are not sent to a page. For an unknown
 * kind, every text may be a secret.
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
