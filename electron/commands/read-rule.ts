import { readFileSync } from 'node:fs';
import { type Rule, ruleSchema } from '../../shared/domain/rule.ts';
import { faultOfIssue } from '../../shared/messages/fault-of-issue.ts';
import { type Message, message } from '../../shared/messages/message.ts';
import { MessageError, messageOf } from '../../shared/messages/message-error.ts';
import { rulesInForce } from '../../shared/settings/rules-in-force.ts';
import { DEFAULT_SETTINGS } from '../../shared/settings/settings.ts';
import { withCoins } from '../../shared/settings/watchlists.ts';
import { ruleFieldFaults } from '../monitor/alerts/bound-rule.ts';
import { fileError } from '../monitor/files/file-error.ts';
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
  const isJson = /^\s*[{[]/.test(given);
  const file = isJson ? null : given;
  const read = parse(isJson ? given : readText(given), file);
  const faulty = (path: string, fault: Message): MessageError =>
    new MessageError(message('command.rule-faulty', { file, path, fault }));
  if (typeof read !== 'object' || read === null || Array.isArray(read))
    throw faulty('', message('value.not-one-rule'));
  const parsed = ruleSchema.safeParse(id === undefined ? read : { id, ...read });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw issue === undefined
      ? faulty('', message('value.wrong'))
      : faulty(issue.path.join('.'), faultOfIssue(issue));
  }
  const [first] = ruleFieldFaults(parsed.data);
  // What is said of the kind is said of the rule: it is of no known kind.
  if (first !== undefined) throw faulty(first.field === 'kind' ? '' : first.field, first.fault);
  return parsed.data;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw isMissing
      ? new MessageError(message('command.rule-nowhere', { file }), { cause })
      : fileError('read', file, cause);
  }
}

function parse(text: string, file: string | null): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new MessageError(message('command.rule-unreadable', { file, reason: messageOf(cause) }), { cause });
  }
}
