import { readSettingsFile } from './settings-file.ts';

/**
 * The settings of the file, as stored in a backup: without the database URL, which applies to one machine and may contain a
 * password. The file contains no other secrets.
 *
 * @throws SettingsError when the file cannot be read or is invalid
 */
export function settingsWithoutSecrets(path: string): string {
  const { databaseUrl, ...settings } = readSettingsFile(path);
  return `${JSON.stringify(settings, null, 2)}\n`;
}
