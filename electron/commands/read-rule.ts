import { readFileSync } from 'node:fs';
import { type Rule, ruleSchema } from '../../shared/domain/rule.ts';
import { faultOfIssue } from '../../shared/messages/fault-of-issue.ts';
import { type Message, message } from '../../shared/messages/message.ts';
import { MessageError, messageOf } from '../../shared/messages/message-error.ts';
import { rulesInForce } from '../../shared/settings/rules-in-force.ts';
import { DEFAULT_SETTINGS } from '../../shared/settings/settings.ts';
import { withCoins } from '../../shared/settings/watchlists.ts';
import { ruleFault } from '../monitor/alerts/bound-rule.ts';
import type { FileSettings } from '../monitor/settings/parse-settings.ts';

/** The rules of the file as they are written there, and the default one. */
export function allRules(settings: FileSettings): readonly Rule[] {
  return rulesInForce({ ...DEFAULT_SETTINGS, ...settings });
}

/** The rules of the file with the coins of their watchlists: those that another rule may look at. */
export function otherRules(settings: FileSettings): readonly Rule[] {
  return withCoins({ rules: allRules(settings), watchlists: settings.watchlists ?? [] });
}

/**
 * A rule that a command was given: as JSON, or the path of a file with it.
 *
 * @param id the rule's id where it has none itself; without it, the rule has to have one
 * @throws MessageError saying what is wrong with the rule
 */
export function readRule(given: string, id?: string): Rule {
  const isJson = given.trim().startsWith('{');
  const file = isJson ? null : given;
  let read: unknown;
  try {
    read = JSON.parse(isJson ? given : readFileSync(given, 'utf8'));
  } catch (cause) {
    throw new MessageError(message('command.rule-unreadable', { file, reason: messageOf(cause) }), { cause });
  }
  const withId = typeof read === 'object' && id !== undefined ? { id, ...read } : read;
  const parsed = ruleSchema.safeParse(withId);
  const [issue] = parsed.error?.issues ?? [];
  const faulty = (path: string, fault: Message): MessageError =>
    new MessageError(message('command.rule-faulty', { file, path, fault }));
  if (issue !== undefined) throw faulty(issue.path.join('.'), faultOfIssue(issue));
  const rule = ruleSchema.parse(withId);
  const fault = ruleFault(rule);
  if (fault !== null) throw faulty('', fault);
  return rule;
}
