import { Command, CommanderError } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { alertsCommand } from './alerts.ts';
import { archiveCommand } from './archive.ts';
import { backtestCommand } from './backtest.ts';
import { channelsCommand } from './channels.ts';
import { databaseUrlCommand } from './database-url.ts';
import { exportCommand } from './export.ts';
import { migrateCommand } from './migrate.ts';
import { rulesCommand } from './rules.ts';
import { runCommand } from './run.ts';
import { verifyCommand } from './verify.ts';
import { watchlistsCommand } from './watchlists.ts';

const USAGE_EXIT_CODE = 2;
const FAILURE_EXIT_CODE = 1;

/**
 * Runs one command of the program. What goes wrong is said in one line on standard error; the process exits with 2 when
 * the command line is wrong and with 1 when the command fails.
 */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  const program = new Command('crypto-price-monitor')
    .description(packageJson.description)
    .version(packageJson.version)
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({ outputError: () => undefined }); // said once, below
  // Sub-commands copy the settings above when they are added, so they come last.
  program.addCommand(runCommand().copyInheritedSettings(program));
  program.addCommand(channelsCommand().copyInheritedSettings(program));
  program.addCommand(databaseUrlCommand().copyInheritedSettings(program));
  program.addCommand(backtestCommand().copyInheritedSettings(program));
  program.addCommand(alertsCommand().copyInheritedSettings(program));
  program.addCommand(rulesCommand().copyInheritedSettings(program));
  program.addCommand(watchlistsCommand().copyInheritedSettings(program));
  program.addCommand(exportCommand().copyInheritedSettings(program));
  program.addCommand(migrateCommand().copyInheritedSettings(program));
  program.addCommand(archiveCommand().copyInheritedSettings(program));
  program.addCommand(verifyCommand().copyInheritedSettings(program));

  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (cause) {
    if (cause instanceof CommanderError && cause.exitCode === 0) return; // --help and --version
    const message = cause instanceof Error ? cause.message : String(cause);
    const code = cause instanceof CommanderError ? USAGE_EXIT_CODE : FAILURE_EXIT_CODE;
    process.exitCode = code;
    // What the command could not close must not keep the process.
    process.stderr.write(`crypto-price-monitor: ${message.replace(/^error: /, '')}\n`, () =>
      process.exit(code),
    );
  }
}
