import type { Rule } from '../../../shared/domain/rule.ts';
import type { RuleKindView } from '../../../shared/domain/rule-view.ts';
import { formatCoinName } from '../../../shared/format/name.ts';
import { t } from '../../../shared/messages/message.ts';
import { completeParams } from './rule-draft.ts';
import { kindName, spelled, textOfName } from './rule-names.ts';

/** The condition of a rule as a sentence without a full stop. */
export function ruleSentence(rule: Rule, kind: RuleKindView | undefined): string {
  const params = kind === undefined ? rule.params : completeParams(rule.params, kind);
  const all = { average: null, ...params, direction: rule.direction };
  const words = textOfName(`rule-says.${rule.kind}`, all);
  // A text that was created from unexpected parameters is discarded.
  if (words !== null && !/undefined|NaN/.test(words)) return words;
  const listed = Object.entries(params).map(
    ([name, value]) => `${spelled(name).toLowerCase()} ${String(value)}`,
  );
  return [kindName(rule.kind), ...(listed.length > 0 ? [listed.join(', ')] : [])].join(': ');
}

/** `All coins`, `Bitcoin`, `Bitcoin, Ethereum and 3 more`. */
export function describeScope({ scope }: Pick<Rule, 'scope'>): string {
  if (scope === 'all') return t('rules.all-coins');
  if ('watchlist' in scope) return t('rules.scope-watchlist', { watchlist: scope.watchlist });
  const names = scope.map(formatCoinName);
  const shown = names.length <= MAX_NAMES ? names : names.slice(0, MAX_NAMES - 1);
  return t('rules.some-coins', { names: shown, more: names.length - shown.length });
}

/** The names of all coins of a rule, of which `describeScope` may omit some. */
export const scopeNames = ({ scope }: Pick<Rule, 'scope'>): string | undefined =>
  scope === 'all' || 'watchlist' in scope ? undefined : scope.map(formatCoinName).join(', ');

const MAX_NAMES = 3;
