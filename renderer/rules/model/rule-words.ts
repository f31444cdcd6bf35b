import type { Rule } from '../../../shared/domain/rule.ts';
import type { RuleKindView } from '../../../shared/domain/rule-view.ts';
import { formatCoinName } from '../../../shared/format/name.ts';
import { type Message, t, text } from '../../../shared/messages/message.ts';
import { completeParams } from './rule-draft.ts';

/** The text of a code that is made from a name of a rule; null without one. */
function wordsOf(code: string, params: object = {}): string | null {
  // The names come from the monitor, which may have kinds and fields that this page does not know.
  const words = text({ code, params } as unknown as Message);
  return words === code ? null : words;
}

/** `withinMinutes` → `Within minutes`. */
function spelled(name: string): string {
  const words = name.replace(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`).replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export const kindName = (kind: string): string => wordsOf(`rule-kind.${kind}`) ?? spelled(kind);
export const kindHelp = (kind: string): string | null => wordsOf(`rule-kind-help.${kind}`);
export const fieldLabel = (name: string): string => wordsOf(`rule-field.${name}`) ?? spelled(name);
export const fieldHelp = (name: string): string | null => wordsOf(`rule-field-help.${name}`);
export const choiceLabel = (value: string): string => wordsOf(`rule-choice.${value}`) ?? spelled(value);

/** What a rule says, in a sentence without a full stop. */
export function ruleSentence(rule: Rule, kind: RuleKindView | undefined): string {
  const params = kind === undefined ? rule.params : completeParams(rule.params, kind);
  const all = { average: null, ...params, direction: rule.direction };
  const words = wordsOf(`rule-says.${rule.kind}`, all);
  // A text that was made from unexpected parameters is discarded.
  if (words !== null && !/undefined|NaN/.test(words)) return words;
  const listed = Object.entries(params).map(
    ([name, value]) => `${spelled(name).toLowerCase()} ${String(value)}`,
  );
  return [kindName(rule.kind), ...(listed.length > 0 ? [listed.join(', ')] : [])].join(': ');
}

/** `All coins`, `Bitcoin`, `Bitcoin, Ethereum and 3 more`. */
export function scopeWords({ scope }: Pick<Rule, 'scope'>): string {
  if (scope === 'all') return t('rules.all-coins');
  if ('watchlist' in scope) return t('rules.scope-watchlist', { watchlist: scope.watchlist });
  const names = scope.map(formatCoinName);
  const shown = names.length <= MOST_NAMES ? names : names.slice(0, MOST_NAMES - 1);
  return t('rules.some-coins', { names: shown, more: names.length - shown.length });
}

/** The names of all coins of a rule, where `scopeWords` may leave some out. */
export const scopeNames = ({ scope }: Pick<Rule, 'scope'>): string | undefined =>
  scope === 'all' || 'watchlist' in scope ? undefined : scope.map(formatCoinName).join(', ');

const MOST_NAMES = 3;
