import { z } from 'zod';
import { type Alert, SEVERITIES } from '../../../shared/domain/alert.ts';
import { mapTexts } from '../../../shared/messages/message.ts';
import type { ChannelSetting, Route } from '../../../shared/settings/channel-setting.ts';
import type { Channel } from './channel.ts';
import type { ChannelContext, ChannelKind } from './channel-kind.ts';
import { redact, secretVariable } from './channel-secrets.ts';
import { DeliveryError } from './delivery-error.ts';

const MINUTE_MS = 60_000;
/** A digest of more is sent as several. */
const MOST_IN_DIGEST = 100;

/** What is wrong with a channel's settings, in a sentence for the user. */
export class ChannelError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ChannelError';
  }
}

export type OpenChannelOptions = {
  readonly kinds: readonly ChannelKind[];
  readonly context: ChannelContext;
  /** Gives a secret of a channel, or null when there is none. */
  readonly secret: (channelId: string, option: string) => string | null;
};

/**
 * Opens a channel as the user set it up.
 *
 * @throws ChannelError naming the channel, the option and what is wrong with it; it holds no secret
 */
export function openChannel(
  setting: ChannelSetting,
  { kinds, context, secret }: OpenChannelOptions,
): Channel {
  const { id, route, digestMinutes } = setting;
  const kind = kinds.find((each) => each.kind === setting.kind);
  if (kind === undefined) {
    const known = kinds.map((each) => each.kind).join(', ');
    throw new ChannelError(`Channel "${id}": there is no kind "${setting.kind}". There are: ${known}.`);
  }
  const names = kind.secrets ?? [];
  const misplaced = names.find((name) => name in setting.options);
  if (misplaced !== undefined) {
    const variable = secretVariable(id, misplaced);
    throw new ChannelError(
      `Channel "${id}": "${misplaced}" is a secret and is not read from settings.json. ` +
        `Set it as ${variable}, or name a file that holds it in ${variable}_FILE.`,
    );
  }
  const secrets = Object.fromEntries(
    names.flatMap((name) => {
      const value = secret(id, name);
      return value === null ? [] : [[name, value]];
    }),
  );
  const parsed = kind.options.safeParse({ ...setting.options, ...secrets });
  if (!parsed.success) throw new ChannelError(`Channel "${id}": ${describe(parsed.error, id, names)}`);
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
    wants: (alert) => isRouted(alert, route),
    limits: {
      ...kind.limits,
      ...(digestMinutes !== null && {
        gatherMs: digestMinutes * MINUTE_MS,
        batch: Math.max(MOST_IN_DIGEST, kind.limits?.batch ?? 1),
      }),
    },
  };
}

/** Whether an alert matches every part of a route that is there. */
export function isRouted(alert: Alert, { severity, rules, coins }: Route): boolean {
  return (
    (severity === undefined || SEVERITIES.indexOf(alert.severity) >= SEVERITIES.indexOf(severity)) &&
    (rules === undefined || rules.includes(alert.rule)) &&
    (coins === undefined || coins.includes(alert.coinId))
  );
}

/** The failure without secrets, and without its cause, which may hold them in whatever form. */
function redacted(error: DeliveryError, secrets: readonly string[]): DeliveryError {
  const { kind, content, retryAfterMs, delivered } = error;
  const withoutSecrets = mapTexts(content, (words) => redact(words, secrets));
  return new DeliveryError(kind, withoutSecrets, { retryAfterMs, delivered });
}

/** What is wrong with options, without their values. */
function describe(error: z.ZodError, id: string, secrets: readonly string[]): string {
  const [issue] = error.issues;
  const name = String(issue?.path[0] ?? '');
  if (name !== '' && secrets.includes(name)) {
    const variable = secretVariable(id, name);
    return `the secret "${name}" is missing or wrong. Set it as ${variable}, or name a file that holds it in ${variable}_FILE.`;
  }
  if (issue?.code === 'unrecognized_keys')
    return `there is no option "${issue.keys.join('", "')}" of this kind.`;
  return `"${name}" ${issue?.message ?? 'is wrong'}.`;
}

/** The options of a kind as JSON Schema, from which a page draws a form. */
export function optionsJsonSchema({ options }: ChannelKind): unknown {
  return z.toJSONSchema(options, { io: 'input' });
}
