import { type Rule, ruleOf } from '../../../shared/domain/rule.ts';
import type { RuleKindView } from '../../../shared/domain/rule-view.ts';
import { formatFullDayTime } from '../../../shared/format/local-time.ts';
import { formatSpan } from '../../../shared/format/span.ts';
import { t } from '../../../shared/messages/message.ts';
import { ruleSentence } from './describe-rule.ts';
import { completeParams } from './rule-draft.ts';
import { choiceLabel, fieldLabel } from './rule-names.ts';

const DEFAULTS = ruleOf({ id: 'default', kind: 'default' });

/** Whether `until` of a rule has passed. */
export const hasEnded = ({ until }: Pick<Rule, 'until'>, now: number): boolean =>
  until !== null && Date.parse(until) <= now;

/**
 * The conditions of a rule that its sentence does not contain: all that differ from the default, so that rules can be distinguished.
 *
 * @param isOver see `hasEnded`
 */
export function conditionWords(
  rule: Rule,
  kind: RuleKindView | undefined,
  isOver: boolean,
): readonly string[] {
  const { forSeconds, cooldownMinutes, ratchetPct, activeHours, repeat, raiseIfHolding, until } = rule;
  const words: readonly (string | false)[] = [
    isDirectionMissing(rule, kind) && t('rules.condition', { what: 'direction', value: rule.direction }),
    ...missingParams(rule, kind),
    forSeconds !== DEFAULTS.forSeconds &&
      t('rules.condition', { what: 'for', value: secondsText(forSeconds) }),
    activeHours !== null && t('rules.condition', { what: 'hours', value: activeHours.replace('-', '–') }),
    repeat === 'once' && t('rules.condition', { what: 'once', value: '' }),
    until !== null &&
      t('rules.condition', {
        what: isOver ? 'ended' : 'until',
        value: formatFullDayTime(Date.parse(until)),
      }),
    ratchetPct !== null && t('rules.condition', { what: 'ratchet', value: String(ratchetPct) }),
    cooldownMinutes !== DEFAULTS.cooldownMinutes &&
      t('rules.condition', { what: 'cooldown', value: formatSpan(cooldownMinutes) }),
    raiseIfHolding && t('rules.condition', { what: 'holding', value: '' }),
  ];
  return words.filter((word) => word !== false);
}

/** Whether the rule is for one of two directions, and its sentence does not contain it. */
function isDirectionMissing(rule: Rule, kind: RuleKindView | undefined): boolean {
  if (kind !== undefined && kind.directions.length < 2) return false;
  const both: Rule = { ...rule, direction: 'both' };
  return rule.direction !== 'both' && ruleSentence(both, kind) === ruleSentence(rule, kind);
}

/** The parameters that differ from the default and are not in the sentence. */
function missingParams(rule: Rule, kind: RuleKindView | undefined): readonly string[] {
  if (kind === undefined) return [];
  const defaults = completeParams({}, kind);
  return Object.entries(rule.params).flatMap(([name, value]) => {
    const standard = defaults[name];
    if (standard === undefined || JSON.stringify(standard) === JSON.stringify(value)) return [];
    const withDefault: Rule = { ...rule, params: { ...rule.params, [name]: standard } };
    return ruleSentence(withDefault, kind) === ruleSentence(rule, kind) ? [paramText(name, value)] : [];
  });
}

/** A parameter with its label, which has the unit after a comma: `hysteresis 0.5%`, `half-life 24 hours`. */
function paramText(name: string, value: Rule['params'][string]): string {
  const [label = '', unit] = fieldLabel(name).split(', ');
  const shown = [value ?? t('rules.field-none')].flat().map((one) => choiceLabel(String(one)));
  const words = `${label.charAt(0).toLowerCase()}${label.slice(1)} ${shown.join(', ')}`;
  if (unit === undefined) return words;
  return unit === '%' ? `${words}%` : `${words}\u00a0${unit}`;
}

const secondsText = (seconds: number): string =>
  seconds % 60 === 0 ? formatSpan(seconds / 60) : `${seconds} s`;
