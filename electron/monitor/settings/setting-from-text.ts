import { type Message, message } from '../../../shared/messages/message.ts';
import { connectionUrlFault } from '../../../shared/settings/connection-url.ts';
import type { SettingName, Settings } from '../../../shared/settings/settings.ts';
import { mayHoldUrlSecret } from '../../../shared/settings/url-secret.ts';
import { describeIssues } from './describe-issues.ts';
import { settingSchema } from './setting-schema.ts';
import { SETTING_SOURCES } from './setting-sources.ts';
import { FlagError, SettingsError } from './settings-error.ts';

/** A command-line flag or an environment variable. */
export type TextSource = { readonly kind: 'flag' | 'variable'; readonly label: string };

/**
 * Parses the text of a setting from a flag or a variable.
 *
 * @throws FlagError or SettingsError naming the source, the text unless it may contain a secret, and the fault
 */
export function settingFromText<Name extends SettingName>(
  name: Name,
  text: string,
  { kind, label }: TextSource,
): Settings[Name] {
  const fail = (shown: string | null, fault: Message): Error => {
    const content = message('setting.start-fault', { label, shown, fault });
    return kind === 'flag' ? new FlagError(content) : new SettingsError(content);
  };
  const value = SETTING_SOURCES[name].parse(text);
  const parsed = settingSchema(name).safeParse(value);
  const urlFault = name === 'databaseUrl' ? connectionUrlFault(text) : null;
  if (urlFault !== null) throw fail(null, urlFault);
  if (parsed.success) return parsed.data as Settings[Name];
  // Of a list, the invalid items are named.
  const namesItems = parsed.error.issues.some(({ path }) => path.length > 0);
  const shown = mayHoldSecret(name, text) || namesItems ? null : text;
  throw fail(shown, describeIssues(parsed.error, value));
}

/**
 * Whether an invalid text must not be quoted: a connection URL, channels in JSON, and any text with credentials or parameters in
 * URL form.
 */
function mayHoldSecret(name: SettingName, text: string): boolean {
  return name === 'databaseUrl' || name === 'channels' || mayHoldUrlSecret(text);
}
