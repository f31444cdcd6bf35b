import { Command } from 'commander';
import type { SettingName } from '../../../shared/settings/settings.ts';
import { addFlags, chosenDataDir, chosenFlags, MONITOR_FLAGS } from '../../monitor/settings/flags.ts';
import { HIDDEN_FLAG } from './login/login-item.ts';

export type DesktopFlags = {
  readonly isHidden: boolean;
  readonly dataDir: string;
  /** Texts of the given flags, by setting. */
  readonly flags: Readonly<Partial<Record<SettingName, string>>>;
};

/**
 * Reads the command line of the desktop app. It also contains Chromium's own switches, so unknown flags are ignored.
 *
 * @param args without the program and, in a checkout, the folder of the app
 */
export function desktopFlags(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): DesktopFlags {
  const command = new Command('crypto-price-monitor')
    .option(HIDDEN_FLAG)
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .exitOverride();
  addFlags(command, MONITOR_FLAGS);
  const options: Readonly<Record<string, unknown>> = command.parse(args, { from: 'user' }).opts();
  return {
    isHidden: options.hidden === true,
    dataDir: chosenDataDir(options, env),
    flags: chosenFlags(options),
  };
}
