import { join } from 'node:path';
import { Command } from 'commander';
import type { Rule } from '../../shared/domain/rule.ts';
import { message, t } from '../../shared/messages/message.ts';
import { MessageError } from '../../shared/messages/message-error.ts';
import { DEFAULT_RULE_ID } from '../../shared/settings/rules-in-force.ts';
import { type Watchlist, watchlistFaults } from '../../shared/settings/watchlists.ts';
import { memberFaults } from '../monitor/alerts/member-order.ts';
import { rulesJsonSchema } from '../monitor/alerts/rules-json-schema.ts';
import { addFlags, chosenDataDir } from '../monitor/settings/flags.ts';
import type { FileSettings } from '../monitor/settings/parse-settings.ts';
import { changeSettingsFile, readSettingsFile } from '../monitor/settings/settings-file.ts';
import { addBacktestFlags, type BacktestOptions, tryRule } from './backtest.ts';
import { warnUnwatched, watchedCoins } from './known-names.ts';
import { allRules, otherRules, readRule } from './read-rule.ts';
import { addSolveFlags, printSolution, type SolveOptions } from './solve.ts';

type Options = Readonly<Record<string, unknown>>;

/**
 * `rules`: sets up rules on a server without a page. It changes settings.json; a program that uses the folder applies the change
 * immediately.
 */
export function rulesCommand(): Command {
  const command = new Command('rules').description(t('help.rules'));
  const sub = (name: string, description: string): Command =>
    addFlags(command.command(name).description(description), []);

  sub('list', t('help.rules.list')).action(list);
  sub('add <json|file>', t('help.rules.add')).option('--replace', t('help.rules.replace')).action(add);
  addBacktestFlags(command.command('test <id>').description(t('help.rules.test'))).action(
    (id: string, options: Options & BacktestOptions) => {
      const settings = readSettingsFile(pathOf(options));
      return tryRule(ruleOf(id, settings), otherRules(settings), options);
    },
  );
  addSolveFlags(command.command('solve <id|json|file>').description(t('help.rules.solve'))).action(
    (given: string, options: Options & SolveOptions) =>
      printSolution(
        ruleOfSettings(given, options) ?? readRule(given, 'draft'),
        otherRules(readSettingsFile(pathOf(options))),
        options,
      ),
  );
  sub('remove <id>', t('help.rules.remove')).action(remove);
  command
    .command('schema')
    .description(t('help.rules.schema'))
    .action(() => {
      process.stdout.write(`${JSON.stringify(rulesJsonSchema(), null, 2)}\n`);
    });
  return command;
}

function list(options: Options): void {
  for (const rule of allRules(readSettingsFile(pathOf(options))))
    process.stdout.write(`${JSON.stringify(rule)}\n`);
}

async function add(given: string, options: Options): Promise<void> {
  const rule = readRule(given);
  // Read before anything is changed, so that an error leaves no partial change.
  const watched = watchedCoins(options);
  await changeSettingsFile(pathOf(options), ({ rules = [], watchlists = [] }) => {
    const isKnown = rules.some(({ id }) => id === rule.id);
    if (isKnown && options.replace !== true) {
      throw new MessageError(message('command.rule-exists', { id: rule.id }));
    }
    const added = isKnown ? rules.map((one) => (one.id === rule.id ? rule : one)) : [...rules, rule];
    return { rules: checked(added, watchlists) };
  });
  const { scope } = rule;
  if (scope !== 'all' && !('watchlist' in scope)) warnUnwatched(scope, watched);
}

async function remove(id: string, options: Options): Promise<void> {
  await changeSettingsFile(pathOf(options), (settings) => {
    const { rules = [], watchlists = [] } = settings;
    const left = rules.filter((rule) => rule.id !== id);
    if (left.length < rules.length) return { rules: checked(left, watchlists) };
    // Throws if there is no such rule.
    ruleOf(id, settings);
    throw new MessageError(message('command.rule-default', { id }));
  });
}

/** @throws MessageError when a rule refers to a missing rule, to itself, or to a missing watchlist */
function checked(rules: Rule[], watchlists: readonly Watchlist[]): Rule[] {
  const members = memberFaults(rules, [DEFAULT_RULE_ID]);
  for (const [id, fault] of [...members, ...watchlistFaults({ rules, watchlists })])
    throw new MessageError(message('rule.fault', { id, fault }));
  return rules;
}

function ruleOf(id: string, settings: FileSettings): Rule {
  const rules = allRules(settings);
  const rule = rules.find((one) => one.id === id);
  if (rule !== undefined) return rule;
  throw new MessageError(message('command.no-rule', { id, known: rules.map((one) => one.id) }));
}

/** The rule with this id in the settings; null if there is none. */
function ruleOfSettings(id: string, options: Options): Rule | null {
  return allRules(readSettingsFile(pathOf(options))).find((rule) => rule.id === id) ?? null;
}

function pathOf(options: Options): string {
  return join(chosenDataDir(options, process.env), 'settings.json');
}
