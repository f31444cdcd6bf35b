import type { ChannelView } from '../../shared/contract/channel-view.ts';
import type { ProcedureInput } from '../../shared/contract/procedures.ts';
import type { Severity } from '../../shared/domain/alert.ts';
import type { ChannelKindView } from '../../shared/domain/channel.ts';
import { faultOfIssue } from '../../shared/messages/fault-of-issue.ts';
import { type Message, message } from '../../shared/messages/message.ts';
import { type ChannelSetting, channelSettingSchema } from '../../shared/settings/channel-setting.ts';
import {
  type Entered,
  enteredOf,
  optionsOf,
  type SchemaField,
  schemaFields,
} from '../parts/schema-fields.ts';
import { numberFault, typedNumber } from '../parts/typed-number.ts';

/** The contents of the form of a channel. */
export type ChannelDraft = {
  readonly kind: string;
  readonly id: string;
  readonly enabled: boolean;
  readonly severity: Severity;
  readonly coins: readonly string[];
  readonly rules: readonly string[];
  /** The id of a watchlist; empty for none. */
  readonly watchlist: string;
  readonly digest: string;
  readonly sendResolved: boolean;
  /** The entered options of the kind. */
  readonly options: Entered;
  /** The secrets that saving deletes. */
  readonly forgotten: readonly string[];
};

/** The errors by the path of the field: `id`, `digestMinutes`, `options.<name>`, `route.<part>`. */
export type ChannelErrors = Readonly<Record<string, Message>>;

/** The fields of the options of a kind. */
export function optionFields(kinds: readonly ChannelKindView[], kind: string): readonly SchemaField[] {
  const { options = {}, secrets = [] } = kinds.find((each) => each.kind === kind) ?? {};
  return schemaFields(options, secrets);
}

/** The draft of a channel, or of a new one. */
export function draftOf(channel: ChannelView | null, kinds: readonly ChannelKindView[]): ChannelDraft {
  const setting = channel?.setting ?? null;
  const kind = channel?.kind ?? 'telegram';
  return {
    kind,
    id: channel?.id ?? '',
    enabled: channel?.enabled ?? true,
    severity: setting?.route.severity ?? 'info',
    coins: setting?.route.coins ?? [],
    rules: setting?.route.rules ?? [],
    watchlist: setting?.route.watchlist ?? '',
    digest: String(setting?.digestMinutes ?? ''),
    sendResolved: setting?.sendResolved ?? false,
    options: enteredOf(optionFields(kinds, kind), setting?.options ?? {}),
    forgotten: [],
  };
}

/** The error of the name of a new channel while it is typed; null if it is valid or empty. */
export function idFault(typed: string, taken: readonly string[]): Message | null {
  const id = typed.trim();
  if (id === '') return null;
  if (taken.includes(id)) return message('channel.id-taken', { id });
  const [issue] = channelSettingSchema.shape.id.safeParse(id).error?.issues ?? [];
  return issue === undefined ? null : faultOfIssue(issue);
}

export type DraftResult =
  | { readonly ok: true; readonly input: Pick<ProcedureInput<'channels.save'>, 'channel' | 'secrets'> }
  | { readonly ok: false; readonly errors: ChannelErrors };

/** The contents of the form as a setting, not validated. */
function settingOf(draft: ChannelDraft, fields: readonly SchemaField[]): ChannelSetting {
  const { kind, enabled, severity, coins, rules, watchlist, sendResolved } = draft;
  return {
    id: draft.id.trim(),
    kind,
    enabled,
    options: optionsOf(fields, draft.options),
    route: {
      ...(severity !== 'info' && { severity }),
      ...(coins.length > 0 && { coins: [...coins] }),
      ...(rules.length > 0 && { rules: [...rules] }),
      ...(watchlist !== '' && { watchlist }),
    },
    sendResolved,
    digestMinutes: draft.digest.trim() === '' ? null : typedNumber(draft.digest),
  };
}

/**
 * A channel as its form shows it, including options without a field. A saved value that differs from it was changed in the form.
 * Undefined for a channel that is not in the settings.
 */
export function shownSetting(
  channel: ChannelView,
  kinds: readonly ChannelKindView[],
): ChannelSetting | undefined {
  const { setting } = channel;
  if (setting === null) return undefined;
  const shown = settingOf(draftOf(channel, kinds), optionFields(kinds, channel.kind));
  return {
    ...shown,
    options: { ...setting.options, ...shown.options },
    route: { ...setting.route, ...shown.route },
  };
}

/** The settings to save, or the errors that can be found without the kind. */
export function saveOf(draft: ChannelDraft, fields: readonly SchemaField[]): DraftResult {
  const channel = settingOf(draft, fields);
  const { error } = channelSettingSchema.safeParse(channel);
  const errors = {
    ...emptyOptions(draft, fields),
    ...Object.fromEntries(
      (error?.issues ?? []).map((issue) => {
        const path = issue.path.join('.');
        const isUnread = path === 'digestMinutes' && Number.isNaN(channel.digestMinutes);
        return [path, isUnread ? numberFault(draft.digest) : faultOfIssue(issue)];
      }),
    ),
  };
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  return { ok: true, input: { channel, secrets: secretsOf(draft, fields) } };
}

/** The required options that are empty. Secrets may be in the environment, and a disabled channel may lack options. */
function emptyOptions({ enabled, options }: ChannelDraft, fields: readonly SchemaField[]): ChannelErrors {
  if (!enabled) return {};
  const empty = fields.filter(
    ({ name, kind, isRequired }) =>
      isRequired && kind !== 'secret' && [options[name] ?? ''].flat().join('').trim() === '',
  );
  return Object.fromEntries(empty.map(({ name }) => [`options.${name}`, message('value.empty')]));
}

/** The secrets that were entered, and null for those to be deleted; the others do not change. */
function secretsOf(
  { options, forgotten }: ChannelDraft,
  fields: readonly SchemaField[],
): Record<string, string | null> {
  const secrets = fields.filter(({ kind }) => kind === 'secret');
  return Object.fromEntries(
    secrets.flatMap(({ name }): [string, string | null][] => {
      const value = String(options[name] ?? '').trim();
      if (value !== '') return [[name, value]];
      return forgotten.includes(name) ? [[name, null]] : [];
    }),
  );
}
