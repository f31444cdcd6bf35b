import { type Command, CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { en } from '../../shared/messages/en.ts';
import { createProgram } from './command-line.ts';

/** The texts of `--help` that have no parameters. */
const TEXTS: readonly string[] = Object.entries(en).flatMap(([code, render]) =>
  code.startsWith('help.') && render.length === 0 ? [(render as () => string)()] : [],
);

/** A command with all commands below it. */
function withBelow(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withBelow)];
}

const commands = withBelow(await createProgram());

/** The parts of `--help` that are checked, by subject. */
const described = commands.flatMap((command) => [
  [command.name(), command.description()],
  ...command
    .createHelp()
    .visibleOptions(command)
    .map(({ flags, description }) => [
      `${command.name()} ${flags}`,
      description.replace(/ \(environment: \w+\)$/, ''),
    ]),
  ...command
    .createHelp()
    .visibleArguments(command)
    .map((argument) => [`${command.name()} ${argument.name()}`, argument.description]),
]);

describe('the help of the command line', () => {
  it('takes all texts from the catalogue', () => {
    expect(described.filter(([, text = '']) => !TEXTS.includes(text))).toEqual([]);
    expect(described.length).toBeGreaterThan(80);
  });

  it('uses every text that the catalogue has for it', () => {
    const printed = new Set(described.map(([, text]) => text));
    // Commander adds its `help` command only when it prints the help.
    printed.add(en['help.help-command']());
    expect(TEXTS.filter((text) => !printed.has(text))).toEqual([]);
  });

  it('is printed for every command, and no command exits the process itself', () => {
    for (const command of commands) {
      expect(command.helpInformation()).toContain('-h, --help');
      expect(() => command.parse(['--no-such-flag'], { from: 'user' })).toThrow(CommanderError);
    }
  });
});
