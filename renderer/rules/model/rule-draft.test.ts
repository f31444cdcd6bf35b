import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Rule, ruleOf } from '../../../shared/domain/rule.ts';
import type { RuleKindView } from '../../../shared/domain/rule-view.ts';
import { text } from '../../../shared/messages/message.ts';
import { draftOf, type RuleDraft, ruleOfDraft, withKind } from './rule-draft.ts';
import { COMMON_FIELDS, commonFields, paramFields } from './rule-fields.ts';

const kindOf = (
  params: z.ZodType,
  directions: RuleKindView['directions'] = ['up', 'down'],
): RuleKindView => ({
  kind: 'test',
  params: z.toJSONSchema(params, { io: 'input' }),
  directions,
});

/** One of each type of parameter that a kind may have. */
const KIND = kindOf(
  z.strictObject({
    changePct: z.number().min(0.01).max(1_000).default(5),
    period: z.number().int().min(2).max(200).default(14),
    level: z.number().positive(),
    hours: z.number().min(1).max(720).nullable().default(24),
    average: z.enum(['simple', 'exponential']).optional(),
    isLoud: z.boolean().default(false),
    rules: z.array(z.string()).default([]),
  }),
);
const RULE = ruleOf({ id: 'mine', kind: 'test', params: { level: 60_000 } });
const DRAFT = draftOf(RULE, KIND);

const withValue = (path: string, value: string, draft: RuleDraft = DRAFT): RuleDraft => ({
  ...draft,
  values: { ...draft.values, [path]: value },
});

function errorsOf(draft: RuleDraft): Readonly<Record<string, string>> {
  const result = ruleOfDraft(draft, KIND);
  if (result.ok) return {};
  return Object.fromEntries(Object.entries(result.errors).map(([path, error]) => [path, text(error)]));
}

function ruleIn(draft: RuleDraft): Rule {
  const result = ruleOfDraft(draft, KIND);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.rule;
}

describe('the fields of a kind', () => {
  it('have a direction if there is a choice, and reset it for another kind', () => {
    const hasDirection = (kind: RuleKindView): boolean =>
      commonFields(kind).some(({ name }) => name === 'direction');
    const [without, fall] = [kindOf(z.strictObject({}), []), kindOf(z.strictObject({}), ['down'])];
    expect([KIND, without, fall].map(hasDirection)).toEqual([true, false, false]);
    const changed = withKind(withValue('direction', 'up'), without);
    expect(ruleOfDraft(changed, without)).toMatchObject({ ok: true, rule: { direction: 'both' } });
    // A kind with several directions restores the choice.
    const back = withKind(changed, kindOf(z.strictObject({})));
    expect(ruleOfDraft(back, kindOf(z.strictObject({})))).toMatchObject({ rule: { direction: 'up' } });
  });

  it('come from its JSON Schema, with ranges, choices and optional values', () => {
    expect(paramFields(KIND)).toMatchObject([
      { path: 'params.changePct', kind: 'number', min: 0.01, max: 1_000, isOptional: false },
      { path: 'params.period', kind: 'number', min: 2, max: 200 },
      { path: 'params.level', kind: 'number', min: 0, max: null, isOptional: false },
      { path: 'params.hours', kind: 'number', min: 1, max: 720, isNullable: true },
      { path: 'params.average', kind: 'choice', choices: ['simple', 'exponential'], isOptional: true },
      { path: 'params.isLoud', kind: 'switch' },
      { path: 'params.rules', kind: 'list' },
    ]);
  });

  it('common to every rule come from the schema of a rule', () => {
    const byName = new Map(COMMON_FIELDS.map((field) => [field.name, field]));
    expect(byName.get('severity')).toMatchObject({
      kind: 'choice',
      choices: ['info', 'warning', 'critical'],
    });
    expect(byName.get('ratchetPct')).toMatchObject({ kind: 'number', isNullable: true });
    expect(byName.get('until')).toMatchObject({ kind: 'text', isNullable: true });
    expect(
      [...byName.keys()].filter((name) => ['id', 'kind', 'params', 'scope', 'enabled'].includes(name)),
    ).toEqual([]);
  });
});

describe('the draft of a rule', () => {
  it('contains the defaults of omitted fields, and results in an equivalent rule', () => {
    const defaults = { changePct: 5, period: 14, hours: 24, isLoud: false, rules: [] };
    expect(ruleIn(DRAFT)).toEqual({ ...RULE, params: { ...defaults, level: 60_000 } });
  });

  it('preserves any rule', () => {
    const rules = fc.record({
      severity: fc.constantFrom('info', 'warning', 'critical' as const),
      direction: fc.constantFrom('up', 'down', 'both' as const),
      forSeconds: fc.integer({ min: 0, max: 86_400 }),
      cooldownMinutes: fc.integer({ min: 1, max: 1_440 }),
      ratchetPct: fc.option(fc.double({ min: 0.01, max: 100, noNaN: true })),
      repeat: fc.constantFrom('every-time', 'once' as const),
      enabled: fc.boolean(),
      scope: fc.oneof(
        fc.constant('all' as const),
        fc.constant(['bitcoin', 'zcash']),
        fc.constant({ watchlist: 'big' }),
      ),
      params: fc.record({
        changePct: fc.double({ min: 0.01, max: 1_000, noNaN: true }),
        period: fc.integer({ min: 2, max: 200 }),
        level: fc.double({ min: 1e-12, max: 1e12, noNaN: true }),
        hours: fc.option(fc.integer({ min: 1, max: 720 })),
        isLoud: fc.boolean(),
        rules: fc.array(fc.constantFrom('a', 'b')),
      }),
    });
    fc.assert(
      fc.property(rules, (parts) => {
        const rule = ruleOf({ id: 'mine', kind: 'test', ...parts });
        expect(ruleIn(draftOf(rule, KIND))).toEqual(rule);
      }),
    );
  });

  it('accepts a decimal comma, and null for an empty optional field', () => {
    const draft = withValue('params.hours', '', withValue('params.changePct', ' 2,5 '));
    expect(ruleIn(draft).params).toMatchObject({ changePct: 2.5, hours: null });
  });

  it.each([
    ['params.changePct', '0', 'must be at least 0.01'],
    ['params.changePct', '', 'must be a number'],
    ['params.changePct', 'much', 'must be a number'],
    ['params.period', '2.5', 'must be a whole number'],
    ['params.level', '0', 'must be more than 0'],
    ['params.hours', '721', 'must be at most 720'],
    ['cooldownMinutes', '0', 'must be at least 1'],
    ['activeHours', '8-9', 'must be two times of day, e.g. "22:00-07:00"'],
    ['ratchetPct', 'x', 'must be a number'],
  ])('reports the error at %s for “%s”', (path, typed, words) => {
    expect(errorsOf(withValue(path, typed))).toEqual({ [path]: words });
  });

  it('reports an invalid name and missing coins', () => {
    expect(Object.keys(errorsOf({ ...DRAFT, id: 'Not a name', scope: [] }))).toEqual(['id', 'scope']);
  });

  it('uses the defaults of another kind, and keeps everything else', () => {
    const other = { ...kindOf(z.strictObject({ score: z.number().default(6) })), kind: 'other' };
    const changed = withKind(withValue('severity', 'critical'), other);
    const result = ruleOfDraft(changed, other);
    expect(result).toMatchObject({
      ok: true,
      rule: { kind: 'other', params: { score: 6 }, severity: 'critical' },
    });
  });
});
