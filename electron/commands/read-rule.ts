import { readFileSync } from 'node:fs';
import { type Rule, ruleSchema } from '../../shared/domain/rule.ts';
import { faultOfIssue } from '../../shared/messages/fault-of-issue.ts';
import { text } from '../../shared/messages/message.ts';
import { ruleFault } from '../monitor/alerts/bound-rule.ts';

/**
 * A rule that a command was given: as JSON, or the path of a file with it.
 *
 * @param id the rule's id where it has none itself; without it, the rule has to have one
 * @throws Error saying what is wrong with the rule
 */
export function readRule(given: string, id?: string): Rule {
  const isJson = given.trim().startsWith('{');
  const source = isJson ? 'The rule' : `The rule in ${given}`;
  let read: unknown;
  try {
    read = JSON.parse(isJson ? given : readFileSync(given, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${source} cannot be read: ${reason}.`, { cause });
  }
  const withId = typeof read === 'object' && id !== undefined ? { id, ...read } : read;
  const parsed = ruleSchema.safeParse(withId);
  const [issue] = parsed.error?.issues ?? [];
  if (issue !== undefined) {
    throw new Error(`${source}: ${`${issue.path.join('.')} ${text(faultOfIssue(issue))}`.trim()}.`);
  }
  const rule = ruleSchema.parse(withId);
  const fault = ruleFault(rule);
  if (fault !== null) throw new Error(`${source}: ${text(fault)}.`);
  return rule;
}
