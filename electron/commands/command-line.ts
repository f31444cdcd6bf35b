import { Command, CommanderError } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { t } from '../../shared/messages/message.ts';
import { FlagError } from '../monitor/settings/settings-error.ts';
import { interruptedExitCode } from './interrupted.ts';

const USAGE_EXIT_CODE = 2;
const FAILURE_EXIT_CODE = 1;

/** The commands in the order of the help. Each is loaded on use: loading all of them takes three times as long. */
const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['run', async () => (await import('./run.ts')).runCommand()],
  ['channels', async () => (await import('./channels.ts')).channelsCommand()],
  ['database-url', async () => (await import('./database-url.ts')).databaseUrlCommand()],
  ['backtest', async () => (await import('./backtest.ts')).backtestCommand()],
  ['alerts', async () => (await import('./alerts.ts')).alertsCommand()],
  ['rules', async () => (await import('./rules.ts')).rulesCommand()],
  ['watchlists', async () => (await import('./watchlists.ts')).watchlistsCommand()],
  ['export', async () => (await import('./export.ts')).exportCommand()],
  ['import', async () => (await import('./import.ts')).importCommand()],
  ['migrate', async () => (await import('./migrate.ts')).migrateCommand()],
  ['archive', async () => (await import('./archive.ts')).archiveCommand()],
  ['lake', async () => (await import('./lake.ts')).lakeCommand()],
  ['backup', async () => (await import('./backup.ts')).backupCommand()],
  ['restore', async () => (await import('./restore.ts')).restoreCommand()],
  ['verify', async () => (await import('./verify.ts')).verifyCommand()],
]);

/**
 * Runs one command of the program. Errors are printed as one line on standard error; the exit code is 2 when the command line is
 * invalid, 1 when the command fails, and 128 plus the number of the signal when it was interrupted.
 */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  // A terminal that was closed cannot be written to. Unhandled, the error would end the process before the command has stopped.
  process.stderr.on('error', () => undefined);
  const program = await createProgram(args[0]);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (cause) {
    if (cause instanceof CommanderError && cause.exitCode === 0) return; // --help and --version
    const isUsageError = cause instanceof CommanderError || cause instanceof FlagError;
    const code = isUsageError ? USAGE_EXIT_CODE : (interruptedExitCode(cause) ?? FAILURE_EXIT_CODE);
    process.exitCode = code;
    // A resource that the command failed to close must not keep the process running.
    process.stderr.write(errorLine(cause), () => process.exit(code));
  }
}

/** The line that reports an error; empty for a missing subcommand, for which commander has printed the help. */
function errorLine(cause: unknown): string {
  if (cause instanceof CommanderError && cause.code === 'commander.help') return '';
  const message = cause instanceof Error ? cause.message : String(cause);
  return `crypto-price-monitor: ${message.replace(/^error: /, '')}\n`;
}

/**
 * The program before it has parsed a command line.
 *
 * @param named a possible command name: only this command is loaded; without it, all commands are
 */
export async function createProgram(named?: string): Promise<Command> {
  const program = new Command('crypto-price-monitor')
    .description(t('help.program'))
    .version(packageJson.version, '-V, --version', t('help.version'))
    .helpOption('-h, --help', t('help.help'))
    .helpCommand('help [command]', t('help.help-command'))
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({ outputError: () => undefined }); // printed once, below
  const load = COMMANDS.get(named ?? '');
  for (const command of load === undefined ? COMMANDS.values() : [load])
    program.addCommand(withSettingsOf(program, await command()));
  return program;
}

/** Applies the program's commander settings to a command and its subcommands, which do not inherit them if created earlier. */
function withSettingsOf(parent: Command, command: Command): Command {
  command.copyInheritedSettings(parent);
  for (const each of command.commands) withSettingsOf(command, each);
  return command;
}
