import { Command, CommanderError } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { t } from '../../shared/messages/message.ts';
import { alertsCommand } from './alerts.ts';
import { archiveCommand } from './archive.ts';
import { backtestCommand } from './backtest.ts';
import { backupCommand } from './backup.ts';
import { channelsCommand } from './channels.ts';
import { databaseUrlCommand } from './database-url.ts';
import { exportCommand } from './export.ts';
import { importCommand } from './import.ts';
import { migrateCommand } from './migrate.ts';
import { restoreCommand } from './restore.ts';
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
  const program = createProgram();
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

/** The program with its commands, before it has read a command line. */
export function createProgram(): Command {
  const program = new Command('crypto-price-monitor')
    .description(t('help.program'))
    .version(packageJson.version, '-V, --version', t('help.version'))
    .helpOption('-h, --help', t('help.help'))
    .helpCommand('help [command]', t('help.help-command'))
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({ outputError: () => undefined }); // said once, below
  for (const command of [
    runCommand(),
    channelsCommand(),
    databaseUrlCommand(),
    backtestCommand(),
    alertsCommand(),
    rulesCommand(),
    watchlistsCommand(),
    exportCommand(),
    importCommand(),
    migrateCommand(),
    archiveCommand(),
    backupCommand(),
    restoreCommand(),
    verifyCommand(),
  ])
    program.addCommand(withSettingsOf(program, command));
  return program;
}

/** Gives a command and its sub-commands the settings of the program, which they do not have if they were made before it. */
function withSettingsOf(parent: Command, command: Command): Command {
  command.copyInheritedSettings(parent);
  for (const each of command.commands) withSettingsOf(command, each);
  return command;
}
