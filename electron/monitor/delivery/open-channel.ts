import { z } from 'zod';
import { type Alert, SEVERITIES } from '../../../shared/domain/alert.ts';
import { faultOfIssue } from '../../../shared/messages/fault-of-issue.ts';
import { type Message, mapTexts, message } from '../../../shared/messages/message.ts';
import { MessageError } from '../../../shared/messages/message-error.ts';
import type { ChannelSetting, Route } from '../../../shared/settings/channel-setting.ts';
import { coinsOfRoute, routeFaults, type Watchlist } from '../../../shared/settings/watchlists.ts';
import type { Channel } from './channel.ts';
import type { ChannelContext, ChannelKind } from './channel-kind.ts';
import { holdsUrlSecret, redact, secretVariable } from './channel-secrets.ts';
import { cut } from './chat-text.ts';
import { DeliveryError } from './delivery-error.ts';

const MINUTE_MS = 60_000;
/** How much of the other side's error text is kept for people. */
const MAX_ERROR_CHARACTERS = 300;
/** A larger digest is sent as several. */
const MAX_DIGEST_ALERTS = 100;

/** A channel's settings are wrong. The message gives the reason, and contains no secret. */
export class ChannelError extends MessageError {
  /** The reason without the name of the channel. */
  readonly reason: Message;
  /** The path of the wrong field in the setting, such as `options.room`; null if it is not a single field. */
  readonly path: string | null;

  constructor(id: string, reason: Message, path: string | null = null) {
    super(message('channel.wrong', { id, reason }));
    this.name = 'ChannelError';
    this.reason = reason;
    this.path = path;
  }
}

/** The id of the problem for a channel with wrong settings. */
export const channelProblemId = (id: string): string => `channel-${id}`;

export type OpenChannelOptions = {
  readonly kinds: readonly ChannelKind[];
  readonly context: ChannelContext;
  /** Returns a secret of a channel, or null when there is none. */
  readonly secret: (setting: ChannelSetting, option: string) => string | null;
  /** The watchlists of the settings, which a route can name; none when absent. */
  readonly watchlists?: () => readonly Watchlist[];
};

/**
 * Opens a channel with the user's settings.
 *
 * @throws ChannelError naming the channel, the option and the reason; it contains no secret
 */
export function openChannel(
  setting: ChannelSetting,
  { kinds, context, secret, watchlists = () => [] }: OpenChannelOptions,
): Channel {
  const { id, route, digestMinutes } = setting;
  const kind = kinds.find((each) => each.kind === setting.kind);
  if (kind === undefined) {
    const known = kinds.map((each) => each.kind);
    throw new ChannelError(id, message('channel.unknown-kind', { kind: setting.kind, kinds: known }));
  }
  const names = kind.secrets ?? [];
  const misplaced = names.find((name) => name in setting.options);
  if (misplaced !== undefined) {
    const variable = secretVariable(id, misplaced);
    throw new ChannelError(
      id,
      message('channel.misplaced-secret', { option: misplaced, variable }),
      `options.${misplaced}`,
    );
  }
  const [inUrl] = Object.entries(setting.options).find(([, value]) => holdsUrlSecret(value)) ?? [];
  if (inUrl !== undefined) {
    throw new ChannelError(id, message('channel.url-with-secret', { option: inUrl }), `options.${inUrl}`);
  }
  const secrets = Object.fromEntries(
    names.flatMap((name) => {
      const value = secret(setting, name);
      return value === null ? [] : [[name, value]];
    }),
  );
  const parsed = kind.options.safeParse({ ...setting.options, ...secrets });
  if (!parsed.success) {
    const option = parsed.error.issues[0]?.path[0];
    throw new ChannelError(
      id,
      faultOf(parsed.error, id, names),
      option === undefined ? null : `options.${String(option)}`,
    );
  }
  const lists = watchlists();
  const lost = routeFaults({ channels: [setting], watchlists: lists }).get(id);
  if (lost !== undefined) throw new ChannelError(id, lost, 'route.watchlist');
  const listed = coinsOfRoute(route, lists);
  const opened = kind.open(parsed.data, context);
  const hidden = Object.values(secrets);
  return {
    id,
    async deliver(alerts, signal) {
      try {
        await opened.deliver(alerts, signal);
      } catch (cause) {
        throw redacted(DeliveryError.from(cause), hidden);
      }
    },
    ...(opened.close && { close: opened.close }),
    ...(opened.path !== undefined && { path: opened.path }),
    isForPeople: kind.isForPeople === true,
    isDigest: digestMinutes !== null,
    sendsResolved: setting.sendResolved,
    wants: (alert) => isRouted(alert, route, listed),
    limits: {
      ...kind.limits,
      ...(digestMinutes !== null && {
        gatherMs: digestMinutes * MINUTE_MS,
        batch: Math.max(MAX_DIGEST_ALERTS, kind.limits?.batch ?? 1),
      }),
    },
  };
}

/**
 * Whether an alert matches every part of a route that is set.
 *
 * @param listed the coins of its watchlist; null if it names none
 */
function isRouted(
  alert: Alert,
  { severity, rules, coins }: Route,
  listed: readonly string[] | null,
): boolean {
  return (
    (severity === undefined || SEVERITIES.indexOf(alert.severity) >= SEVERITIES.indexOf(severity)) &&
    (rules === undefined || rules.includes(alert.rule)) &&
    (coins === undefined || coins.includes(alert.coinId)) &&
    (listed === null || listed.includes(alert.coinId))
  );
}

/** The failure without secrets, and without its cause, which may contain them in any form. */
function redacted(error: DeliveryError, secrets: readonly string[]): DeliveryError {
  const { kind, content, retryAfterMs, delivered } = error;
  // Cut afterwards: half of a secret would not be recognized.
  const withoutSecrets = mapTexts(content, (text) => cut(redact(text, secrets), MAX_ERROR_CHARACTERS));
  return new DeliveryError(kind, withoutSecrets, { retryAfterMs, delivered });
}

/** The fault of the options, without their values. */
function faultOf({ issues: [issue] }: z.ZodError, id: string, secrets: readonly string[]): Message {
  const option = String(issue?.path[0] ?? '');
  if (secrets.includes(option)) {
    return message('channel.wrong-secret', { option, variable: secretVariable(id, option) });
  }
  if (issue?.code === 'unrecognized_keys') return message('channel.unknown-option', { options: issue.keys });
  // zod's own text would say that it expected a string.
  if (issue?.code === 'invalid_type' && /received undefined$/.test(issue.message)) {
    return message('channel.missing-option', { option });
  }
  const fault = issue === undefined ? message('value.wrong') : faultOfIssue(issue);
  return message('channel.wrong-option', { option, fault });
}

/** The options of a kind as JSON Schema, from which a page builds a form. */
export function optionsJsonSchema({ options }: ChannelKind): Record<string, unknown> {
  return z.toJSONSchema(options, { io: 'input' });
}
