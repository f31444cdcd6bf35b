import type { ApiError } from '../../shared/contract/api-error.ts';
import type { ProcedureInput } from '../../shared/contract/procedures.ts';
import { faultOfIssue } from '../../shared/messages/fault-of-issue.ts';
import { type Message, message, text } from '../../shared/messages/message.ts';
import {
  type SettingIssue,
  type Settings,
  settingConflicts,
  settingsSchema,
} from '../../shared/settings/settings.ts';
import { numberFault, typedNumber } from '../parts/typed-number.ts';
import { type FieldName, placeOf, SETTING_FIELDS, type SettingField } from './setting-fields.ts';

/** The contents of the dialog's fields: a text, or the items of a list. */
export type SettingsDraft = Readonly<Record<FieldName, string | readonly string[]>>;

/** The error of a field, and the suggested correction. */
export type FieldError = Pick<SettingIssue, 'message' | 'suggestion'>;
export type FieldErrors = Readonly<Partial<Record<FieldName, FieldError>>>;

export type DraftResult =
  | { readonly ok: true; readonly changes: ProcedureInput<'settings.set'> }
  | { readonly ok: false; readonly errors: FieldErrors };

/** The contents of the fields for these settings. */
export function draftOf(settings: Settings): SettingsDraft {
  const entries = SETTING_FIELDS.map(({ name }) => [name, shownValue(currentValue(settings, name))]);
  return Object.fromEntries(entries) as SettingsDraft;
}

/** The value of a setting, or of a part of one. */
function currentValue(settings: Settings, name: FieldName): unknown {
  const { setting, part } = placeOf(name);
  const value: unknown = settings[setting];
  return part === null ? value : (value as Readonly<Record<string, unknown>>)[part];
}

const shownValue = (value: unknown): string | readonly string[] =>
  Array.isArray(value) ? value.map(String) : value === null ? '' : String(value);

/**
 * The settings that the draft changes, validated as in the monitor. Unchanged settings are not sent, because the database
 * URL is shown without its password, and sending it back would remove the password.
 *
 * @param currencies the supported quote currencies; empty while they are unknown
 */
export function changesOf(
  draft: SettingsDraft,
  settings: Settings,
  currencies: readonly string[] = [],
): DraftResult {
  const before = draftOf(settings);
  const changed = SETTING_FIELDS.filter(({ name }) => String(draft[name]) !== String(before[name]));
  const values = new Map(changed.map((field) => [field.name, settingValue(field, draft[field.name])]));
  const changes = withParts(values, settings);
  const parsed = settingsSchema.partial().safeParse(changes);
  const errors: Partial<Record<FieldName, FieldError>> = {};
  for (const issue of parsed.error?.issues ?? []) {
    const [setting, within] = issue.path;
    const name = (typeof within === 'string' ? `${String(setting)}.${within}` : setting) as FieldName;
    // In a list, the message names the invalid item.
    const item = typeof within === 'number' ? draft[name][within] : undefined;
    const fault = Number.isNaN(values.get(name)) ? numberFault(String(draft[name])) : faultOfIssue(issue);
    errors[name] ??= {
      message: item === undefined ? fault : message('setting.typed-item-fault', { item, fault }),
    };
  }
  // An unwatched tray coin from settings.json or a flag must not block other changes.
  if (parsed.success && ('coins' in changes || 'trayCoin' in changes)) {
    Object.assign(errors, errorsOf(settingConflicts({ ...settings, ...set(parsed.data) })));
  }
  const fault = currencyFault(String(draft.vsCurrency), currencies);
  if (fault !== undefined) errors.vsCurrency ??= { message: fault };
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  return { ok: true, changes: changes as ProcedureInput<'settings.set'> };
}

/** The changed settings by name. Those that consist of parts include the unchanged parts. */
function withParts(values: ReadonlyMap<FieldName, unknown>, settings: Settings): Record<string, unknown> {
  const changes: Record<string, unknown> = {};
  for (const [name, value] of values) {
    const { setting, part } = placeOf(name);
    const before = (changes[setting] ?? settings[setting]) as object;
    changes[setting] = part === null ? value : { ...before, [part]: value };
  }
  return changes;
}

/** The defined settings of a patch. */
const set = (patch: ProcedureInput<'settings.set'>): Partial<Settings> =>
  Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));

/** Whether the draft has unsaved changes. */
export function isChanged(draft: SettingsDraft, settings: Settings): boolean {
  const before = draftOf(settings);
  return SETTING_FIELDS.some(({ name }) => String(draft[name]) !== String(before[name]));
}

/** Why a quote currency is invalid; undefined if it is valid or the currencies are unknown. */
export function currencyFault(code: string, currencies: readonly string[]): Message | undefined {
  const isKnown = currencies.length === 0 || code === '' || currencies.includes(code.trim().toLowerCase());
  return isKnown ? undefined : message('setting.no-prices-in-this');
}

/** The first issue of each field. An issue of a setting that consists of parts belongs to the field of the first part. */
function errorsOf(issues: readonly SettingIssue[]): FieldErrors {
  const fieldOf = (setting: string): string =>
    SETTING_FIELDS.find(({ name }) => name === setting || name.startsWith(`${setting}.`))?.name ?? setting;
  return Object.fromEntries(issues.toReversed().map(({ setting, ...error }) => [fieldOf(setting), error]));
}

/** The errors of fields in an error of the monitor; empty if it is about something else. */
export function errorsOfRefusal({ issues, content }: Pick<ApiError, 'issues' | 'content'>): FieldErrors {
  if (issues.length > 0) return errorsOf(issues);
  const words = text(content);
  const name = SETTING_FIELDS.find((field) => new RegExp(`\\b${field.name}\\b`).test(words))?.name;
  return name === undefined ? {} : { [name]: { message: content } };
}

/** The value of a field with the suggested correction applied. */
export function corrected(
  value: string | readonly string[],
  { value: typed, meant }: NonNullable<FieldError['suggestion']>,
): string | readonly string[] {
  if (typeof value === 'string') return meant;
  return [...new Set(value.map((item) => (item === typed ? meant : item)))];
}

function settingValue(field: SettingField, entered: string | readonly string[]): unknown {
  if (typeof entered !== 'string') return entered;
  const typed = entered.trim();
  if (field.kind === 'switch') return typed === 'true';
  if (!('optional' in field)) return typed;
  if (typed === '' && field.optional) return null;
  return field.kind === 'number' ? typedNumber(typed) : typed;
}
