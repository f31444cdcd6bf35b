import type { Command } from 'commander';
import { t } from '../../../shared/messages/message.ts';
import type { SettingName } from '../../../shared/settings/settings.ts';
import { defaultDataDir } from '../files/data-dir.ts';
import { type HelpCode, SETTING_SOURCES } from './setting-sources.ts';

/** The settings that every host accepts as flags. */
export const MONITOR_FLAGS = [
  'coins',
  'vsCurrency',
  'pollSeconds',
  'databaseUrl',
  'archiveUrl',
  'keepTicksDays',
  'keepMinutesDays',
  'maxDatabaseGb',
  'deleteWithoutArchive',
  'coingeckoUrl',
  'exchanges',
  'realTime',
  'alertsFile',
  'logLevel',
] as const satisfies readonly SettingName[];

type Environment = Readonly<Record<string, string | undefined>>;

/** Adds `--data-dir` and the flags of the named settings. */
export function addFlags(command: Command, names: readonly SettingName[]): Command {
  command.option('--data-dir <folder>', withVariable('help.data-dir', 'MONITOR_DATA_DIR'));
  for (const name of names) {
    const { flag, env } = SETTING_SOURCES[name];
    if (flag) command.option(`${flag.name} ${flag.argument}`, withVariable(flag.help, env));
  }
  return command;
}

const withVariable = (help: HelpCode, variable: string | null): string =>
  variable === null ? t(help) : t('help.from-environment', { help: t(help), variable });

/** The data folder of a command: from the flag, the environment or the operating system's default. */
export function chosenDataDir(options: Readonly<Record<string, unknown>>, env: Environment): string {
  return textOf(options.dataDir) ?? (env.MONITOR_DATA_DIR || defaultDataDir());
}

/** The texts of the given flags, by setting. */
export function chosenFlags(
  options: Readonly<Record<string, unknown>>,
): Partial<Record<SettingName, string>> {
  const flags: Partial<Record<SettingName, string>> = {};
  for (const name of Object.keys(SETTING_SOURCES) as SettingName[]) {
    const flag = SETTING_SOURCES[name].flag;
    const text = flag === null ? undefined : textOf(options[camelCase(flag.name)]);
    if (text !== undefined) flags[name] = text;
  }
  return flags;
}

/** commander's name for the value of a flag. */
function camelCase(flag: string): string {
  return flag.slice('--'.length).replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
