import { describe, expect, it } from 'vitest';
import { ruleFieldFaults } from '../../electron/monitor/alerts/bound-rule.ts';
import { ruleKindViews } from '../../electron/monitor/alerts/rules-json-schema.ts';
import { ruleSentence } from '../../renderer/rules/model/describe-rule.ts';
import { conditionWords } from '../../renderer/rules/model/rule-conditions.ts';
import { completeParams } from '../../renderer/rules/model/rule-draft.ts';
import { paramFields, type RuleField } from '../../renderer/rules/model/rule-fields.ts';
import type { RuleParams } from '../../shared/domain/alert.ts';
import { type Rule, ruleOf } from '../../shared/domain/rule.ts';

/** Parameters without defaults. */
const REQUIRED: Readonly<Record<string, RuleParams>> = {
  level: { level: 60_000 },
  combination: { rules: ['a', 'b'] },
  spread: { sources: ['kraken', 'coinbase'] },
};

const KINDS = ruleKindViews();

/** Valid rules that differ from a rule in one parameter. */
function variants(rule: Rule, field: RuleField): readonly Rule[] {
  const values: readonly RuleParams[string][] =
    field.kind === 'number'
      ? [1, 3, 7, 13, 30, 61, 90, 300, 2_000, ...(field.isNullable ? [null] : [])]
      : field.kind === 'choice'
        ? // The default kind of an average.
          field.choices.filter((choice) => choice !== 'simple')
        : field.kind === 'list'
          ? [(field.choices ?? ['a', 'c']).slice(0, 2), (field.choices ?? ['b', 'd']).slice(1, 3)]
          : [];
  return values
    .map((value) => ({ ...rule, params: { ...rule.params, [field.name]: value } }))
    .filter((one) => ruleFieldFaults(one).length === 0);
}

const COMMON: readonly Partial<Rule>[] = [
  { direction: 'up' },
  { direction: 'down' },
  { forSeconds: 60 },
  { forSeconds: 90 },
  { cooldownMinutes: 60 },
  { cooldownMinutes: 61 },
  { ratchetPct: 1 },
  { ratchetPct: 1.5 },
  { activeHours: '08:00-22:00' },
  { activeHours: '22:00-08:00' },
  { repeat: 'once' },
  { until: '2026-12-31T18:00:00Z' },
  { until: '2027-12-31T18:00:00Z' },
  { raiseIfHolding: true },
];

describe.each(KINDS.map((kind) => [kind.kind, kind] as const))('the row of a rule: %s', (id, kind) => {
  const rule = ruleOf({ id: 'mine', kind: id, params: REQUIRED[id] ?? {} });
  const row = (one: Rule): string =>
    [ruleSentence(one, kind), ...conditionWords(one, kind, false)].join(' · ');

  it('is only the sentence of the rule if everything else is the default', () => {
    expect(ruleFieldFaults(rule)).toEqual([]);
    expect(conditionWords(rule, kind, false)).toEqual([]);
  });

  it('shows how rules differ from the defaults', () => {
    const rules = [
      rule,
      ...COMMON.map((part) => ({ ...rule, ...part }))
        .filter((one) => ruleFieldFaults(one).length === 0)
        // If a kind has only one direction, naming it makes no difference.
        .filter(({ direction }) => direction === 'both' || kind.directions.length > 1),
      ...paramFields(kind).flatMap((field) => variants(rule, field)),
    ];
    // A parameter that equals its default makes no difference.
    const different = new Map(
      rules.map((one) => [JSON.stringify({ ...one, params: completeParams(one.params, kind) }), one]),
    );
    const rows = [...different.values()].map(row);
    expect(rows.length).toBeGreaterThan(COMMON.length - 1);
    expect(rows.filter((words, index) => rows.indexOf(words) !== index)).toEqual([]);
    expect(rows.filter((words) => /undefined|NaN|\[object/.test(words))).toEqual([]);
  });
});
