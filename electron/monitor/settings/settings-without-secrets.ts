import { readSettingsFile } from './settings-file.ts';

/**
 * What the file of settings sets, as a backup keeps it: without where the database is, for that URL is of one machine, and may hold a
 * password. The file has no other secrets.
 *
 * @throws SettingsError when the file cannot be read, or something in it is wrong
 */
export function settingsWithoutSecrets(path: string): string {
  const { databaseUrl, ...settings } = readSettingsFile(path);
  return `${JSON.stringify(settings, null, 2)}\n`;
}
