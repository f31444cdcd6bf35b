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

/** The rules as written in the file, and the default rule. */
export function allRules(settings: FileSettings): readonly Rule[] {
  return rulesInForce({ ...DEFAULT_SETTINGS, ...settings });
}

/** The rules of the file with their watchlists resolved to coins: those that another rule may refer to. */
export function otherRules(settings: FileSettings): readonly Rule[] {
  return withCoins({ rules: allRules(settings), watchlists: settings.watchlists ?? [] });
}

/**
 * Reads a rule from a command's argument: JSON, or the path of a file that contains it.
 *
 * @param id the rule's id if it does not contain one; if absent, the rule must contain one
 * @throws MessageError describing what is wrong with the rule
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
  // An issue of the kind is reported for the whole rule: its kind is unknown.
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
