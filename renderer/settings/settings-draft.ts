import type { ProcedureInput } from '../../shared/api.ts';
import { type SettingName, type Settings, settingsSchema } from '../../shared/settings.ts';
import { SETTING_FIELDS, type SettingField } from './setting-fields.ts';

/** What stands in the dialog's fields: text, or the list of coins. */
export type SettingsDraft = Readonly<Record<SettingName, string | readonly string[]>>;

export type FieldErrors = Readonly<Partial<Record<SettingName, string>>>;

export type DraftResult =
  | { readonly ok: true; readonly changes: ProcedureInput<'settings.set'> }
  | { readonly ok: false; readonly errors: FieldErrors };

/** The fields' contents for these settings. */
export function draftOf(settings: Settings): SettingsDraft {
  const entries = Object.entries(settings).map(([name, value]) => [name, shownValue(value)]);
  return Object.fromEntries(entries) as SettingsDraft;
}

const shownValue = (value: Settings[SettingName]): string | readonly string[] =>
  typeof value === 'object' && value !== null ? value : value === null ? '' : String(value);

/**
 * The settings that the draft changes, checked as the monitor will check them. Settings left alone are not sent: the
 * database URL is shown without its password, and sending it back would lose that.
 */
export function changesOf(draft: SettingsDraft, settings: Settings): DraftResult {
  const before = draftOf(settings);
  const changed = SETTING_FIELDS.filter(({ name }) => String(draft[name]) !== String(before[name]));
  const changes = Object.fromEntries(
    changed.map((field) => [field.name, settingValue(field, draft[field.name])]),
  );
  const parsed = settingsSchema.partial().safeParse(changes);
  if (parsed.success) return { ok: true, changes: changes as ProcedureInput<'settings.set'> };
  const errors: Partial<Record<SettingName, string>> = {};
  for (const { path, message } of parsed.error.issues) {
    const name = path[0] as SettingName;
    // In a list the message is about one of its items, which is worth naming.
    const item = typeof path[1] === 'number' ? `“${draft[name][path[1]]}” ` : '';
    errors[name] ??= Number.isNaN(changes[name]) ? 'must be a number' : `${item}${message}`;
  }
  return { ok: false, errors };
}

function settingValue(field: SettingField, entered: string | readonly string[]): unknown {
  if (typeof entered !== 'string') return entered;
  const text = entered.trim();
  if (field.kind === 'switch') return text === 'true';
  if (!('optional' in field)) return text;
  if (text === '' && field.optional) return null;
  // No text is zero to `Number`, and would pass for a value.
  return field.kind === 'number' ? (text === '' ? Number.NaN : Number(text.replace(',', '.'))) : text;
}

/** The setting that a refusal of the monitor is about, when its message names one. */
export function settingNamed(message: string): SettingName | undefined {
  return SETTING_FIELDS.find(({ name }) => new RegExp(`\\b${name}\\b`).test(message))?.name;
}
