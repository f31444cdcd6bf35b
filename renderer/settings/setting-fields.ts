import { type MessageCode, t } from '../../shared/messages/message.ts';
import {
  LOG_LEVELS,
  type SettingName,
  type SettingOrigin,
  type Settings,
} from '../../shared/settings/settings.ts';

/** Settings that consist of several parts, each with its own field. */
type PartedSetting = 'marketAlerts' | 'inhibition';
type PartName<Name extends PartedSetting> = `${Name}.${keyof Settings[Name] & string}`;

/** A setting, or part of one, with a field in the dialog. Rules, watchlists, channels, mutes and the pause have none. */
export type FieldName =
  | Exclude<SettingName, 'rules' | 'watchlists' | 'channels' | 'mutes' | 'pause' | PartedSetting>
  | PartName<'marketAlerts'>
  | PartName<'inhibition'>;

/** The setting of a field, and the part of it that the field is for; null if it is for the whole setting. */
export function placeOf(name: FieldName): { readonly setting: SettingName; readonly part: string | null } {
  const [setting = '', part = null] = name.split('.');
  return { setting: setting as SettingName, part };
}

/** The code of the text that a field shows while it is empty. */
type EmptyCode = Extract<MessageCode, `field.${FieldName}.empty`>;

/**
 * The field of a setting. Its label and hint are the messages `field.<name>` and `field.<name>.hint`. If an `optional` text or
 * number is empty, the program chooses the value.
 */
export type SettingField = {
  readonly name: FieldName;
} & (
  | { readonly kind: 'coins' }
  | { readonly kind: 'list' }
  | { readonly kind: 'currency' }
  | { readonly kind: 'text' | 'number'; readonly optional: boolean; readonly empty?: EmptyCode }
  | { readonly kind: 'switch' }
  | { readonly kind: 'coin'; readonly optional: boolean }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
);

/** The fields in the order of the dialog, the most frequently changed first. */
export const SETTING_FIELDS: readonly SettingField[] = [
  { name: 'coins', kind: 'coins' },
  { name: 'vsCurrency', kind: 'currency' },
  { name: 'alertThresholdPct', kind: 'number', optional: false },
  { name: 'alertWindowMinutes', kind: 'number', optional: false },
  { name: 'pollSeconds', kind: 'number', optional: true, empty: 'field.pollSeconds.empty' },
  { name: 'realTime', kind: 'switch' },
  { name: 'exchanges', kind: 'list' },
  { name: 'alertsFile', kind: 'text', optional: true, empty: 'field.alertsFile.empty' },
  {
    name: 'databaseUrl',
    kind: 'text',
    // Its empty value is the empty string, not null.
    optional: false,
    empty: 'field.databaseUrl.empty',
  },
  { name: 'archiveUrl', kind: 'text', optional: true, empty: 'field.archiveUrl.empty' },
  { name: 'keepTicksDays', kind: 'number', optional: true, empty: 'field.keepTicksDays.empty' },
  { name: 'keepMinutesDays', kind: 'number', optional: true, empty: 'field.keepMinutesDays.empty' },
  { name: 'maxDatabaseGb', kind: 'number', optional: true, empty: 'field.maxDatabaseGb.empty' },
  { name: 'deleteWithoutArchive', kind: 'switch' },
  { name: 'coingeckoUrl', kind: 'text', optional: true, empty: 'field.coingeckoUrl.empty' },
  { name: 'port', kind: 'number', optional: true, empty: 'field.port.empty' },
  { name: 'quietHours', kind: 'text', optional: true, empty: 'field.quietHours.empty' },
  { name: 'marketAlerts.enabled', kind: 'switch' },
  { name: 'marketAlerts.sharePct', kind: 'number', optional: false },
  { name: 'marketAlerts.withinSeconds', kind: 'number', optional: false },
  { name: 'inhibition.enabled', kind: 'switch' },
  { name: 'inhibition.leadingCoin', kind: 'coin', optional: false },
  { name: 'inhibition.score', kind: 'number', optional: false },
  { name: 'inhibition.floorPct', kind: 'number', optional: false },
  { name: 'notificationSound', kind: 'switch' },
  { name: 'trayCoin', kind: 'coin', optional: true },
  { name: 'logLevel', kind: 'choice', choices: LOG_LEVELS },
];

/** Why a setting cannot be changed here; null if it can. */
export function lockedReason(origin: SettingOrigin | undefined): string | null {
  if (origin === 'flag') return t('settings.set-by-flag');
  if (origin === 'demo') return t('settings.set-by-demo');
  if (origin === 'installation') return t('settings.set-by-installation');
  if (origin === 'environment') return t('settings.set-by-environment');
  return null;
}
