import type { ChannelKind } from '../../electron/monitor/delivery/channel-kind.ts';
import { secretVariable } from '../../electron/monitor/delivery/channel-secrets.ts';
import { CHANNEL_KINDS } from '../../electron/monitor/delivery/channels/registry.ts';
import { optionsJsonSchema } from '../../electron/monitor/delivery/open-channel.ts';
import {
  SECRET_VARIABLES,
  SECRET_VARIABLES_OF_LIBRARIES,
} from '../../electron/monitor/secrets/from-environment.ts';
import { type ChannelSetting, channelSettingSchema } from '../../shared/settings/channel-setting.ts';
import { documentedChannels } from '../documented-channels.ts';

/** The ports of servers that refuse everything and repeat what they receive. */
export type HostilePorts = { readonly http: number; readonly smtp: number };

/** A word that is only in one secret, by which the secret is found in any form. */
export type Word = string;

/** The words of one test, each with a description of its secret. */
export function plantedWords() {
  const of = new Map<Word, string>();
  return {
    plant(what: string): Word {
      const word = `planted${String(of.size).padStart(3, '0')}q7vx`;
      of.set(word, what);
      return word;
    },
    /** The planted secrets that the text contains: verbatim, in any case, or in hexadecimal or base64. */
    leaksIn(text: string): readonly string[] {
      const lower = text.toLowerCase();
      return [...of].flatMap(([word, what]) => {
        const hex = Buffer.from(word).toString('hex');
        const isThere =
          lower.includes(word) || lower.includes(hex) || base64Of(word).some((form) => text.includes(form));
        return isThere ? [what] : [];
      });
    },
  };
}
export type PlantedWords = ReturnType<typeof plantedWords>;

/** The parts of a word in the base64 of a longer text, for each of the three alignments. */
function base64Of(word: Word): readonly string[] {
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.from('.'.repeat(before) + word)
      .toString('base64')
      .replace(/=+$/, '');
    // The first and the last characters depend on the text around the word.
    return encoded.slice(before === 0 ? 0 : before + 1, -2);
  });
}

/** The forms of secrets. A secret has the first one that the options of its channel accept. */
const FORMS: readonly ((word: Word, ports: HostilePorts) => string)[] = [
  (word) => word,
  (word) => word.padEnd(30, 'x'),
  (word) => word.padEnd(32, 'x'),
  (word) => `12345678:${word}`,
  (word, { http }) => `http://127.0.0.1:${http}/hooks/${word}?key=${word}`,
  (word, { http }) => `amqp://me:${word}@127.0.0.1:${http}/`,
];

/** Values for the options that name the destination of a channel. */
const DESTINATIONS: Readonly<Record<string, (ports: HostilePorts) => unknown>> = {
  server: ({ http }) => `http://127.0.0.1:${http}`,
  homeserver: ({ http }) => `http://127.0.0.1:${http}`,
  apiUrl: ({ http }) => `http://127.0.0.1:${http}`,
  endpoint: ({ http }) => `http://127.0.0.1:${http}`,
  http1: () => true,
  brokers: ({ http }) => [`127.0.0.1:${http}`],
  tls: () => false,
  host: () => '127.0.0.1',
  port: ({ smtp }) => smtp,
  security: () => 'none',
  allowPrivate: () => true,
};

export type PlantedChannel = {
  readonly setting: ChannelSetting;
  readonly kind: ChannelKind;
  /** The secrets by option. */
  readonly secrets: Readonly<Record<string, string>>;
  /** The same by variable. */
  readonly variables: Readonly<Record<string, string>>;
};

/**
 * Valid settings of a channel of every kind, with a secret in each secret option. The channels send to servers of this machine that
 * refuse everything.
 */
export function plantedChannels(words: PlantedWords, ports: HostilePorts): readonly PlantedChannel[] {
  return CHANNEL_KINDS.map((kind) => {
    const documented = documentedChannels().find((each) => each.kind === kind.kind);
    const id = `of-${kind.kind}`;
    const options = localOptions(kind, documented?.options ?? {}, ports);
    const secrets = Object.fromEntries(
      secretOptions(kind).map((option) => [
        option,
        formFor(kind, option, words.plant(`${option} of the channel ${kind.kind}`), ports),
      ]),
    );
    const parsed = kind.options.safeParse({ ...options, ...secrets });
    if (!parsed.success) throw new Error(`The channel ${kind.kind} cannot be opened: ${parsed.error}`);
    const variables = Object.fromEntries(
      Object.entries(secrets).map(([option, secret]) => [secretVariable(id, option), secret]),
    );
    return {
      setting: channelSettingSchema.parse({ id, kind: kind.kind, options }),
      kind,
      secrets,
      variables,
    };
  });
}

/** Whether channels of this kind send over the network. */
export const leadsElsewhere = (kind: ChannelKind): boolean =>
  secretOptions(kind).length > 0 || plainOptions(kind).some((name) => name in DESTINATIONS);

export const secretOptions = ({ secrets }: ChannelKind): readonly string[] => (secrets ?? []).map(String);

/** The options that are not secret. */
export function plainOptions(kind: ChannelKind): readonly string[] {
  const { properties = {} } = optionsJsonSchema(kind) as { readonly properties?: object };
  const secret = secretOptions(kind);
  return Object.keys(properties).filter((name) => !secret.includes(name));
}

/** The documented options with destinations on this machine, and without files, which do not exist here. */
function localOptions(
  kind: ChannelKind,
  documented: Readonly<Record<string, unknown>>,
  ports: HostilePorts,
): Record<string, unknown> {
  const { url } = documented;
  const rest = Object.entries(documented).filter(([name]) => !/File$|^url$/.test(name));
  const local = plainOptions(kind).flatMap((name) =>
    name in DESTINATIONS ? [[name, DESTINATIONS[name]?.(ports)]] : [],
  );
  const scheme =
    typeof url === 'string' ? new URL(url).protocol.replace(/^(http|mqtt|ws|amqp)s:$/, '$1:') : null;
  const plainUrl = scheme === null ? {} : { url: `${scheme}//127.0.0.1:${ports.http}` };
  return { ...Object.fromEntries(rest), ...plainUrl, ...Object.fromEntries(local) };
}

/** The secret in the first form that the option accepts. */
function formFor(kind: ChannelKind, option: string, word: Word, ports: HostilePorts): string {
  const found = FORMS.map((form) => form(word, ports)).find((secret) => {
    const { error } = kind.options.safeParse({ [option]: secret });
    return error?.issues.every(({ path }) => path[0] !== option) !== false;
  });
  if (found === undefined) throw new Error(`There is no form here for "${option}" of ${kind.kind}: add one.`);
  return found;
}

/** The forms of the secrets of the program's own variables. */
const OWN_FORMS: Readonly<Record<string, (word: Word, ports: HostilePorts) => string>> = {
  DATABASE_URL: (word) => `postgresql://me:${word}@127.0.0.1:1/none`,
  REDIS_URL: (word, { http }) => `redis://me:${word}@127.0.0.1:${http}`,
  HTTPS_PROXY: (word, { http }) => `http://me:${word}@127.0.0.1:${http}`,
  HTTP_PROXY: (word, { http }) => `http://me:${word}@127.0.0.1:${http}`,
  https_proxy: (word, { http }) => `http://me:${word}@127.0.0.1:${http}`,
  http_proxy: (word, { http }) => `http://me:${word}@127.0.0.1:${http}`,
};

/** A secret in each environment variable from which the program, or a library that it uses, reads one. */
export function plantedVariables(words: PlantedWords, ports: HostilePorts): Record<string, string> {
  return Object.fromEntries(
    [...SECRET_VARIABLES, ...SECRET_VARIABLES_OF_LIBRARIES].map((name) => {
      const form = OWN_FORMS[name] ?? ((word: Word) => word);
      return [name, form(words.plant(name), ports)];
    }),
  );
}
