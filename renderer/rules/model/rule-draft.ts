import { z } from 'zod';
import type { RuleParams } from '../../../shared/domain/alert.ts';
import { type Rule, ruleSchema } from '../../../shared/domain/rule.ts';
import type { RuleKindView } from '../../../shared/domain/rule-view.ts';
import { faultOfIssue } from '../../../shared/messages/fault-of-issue.ts';
import type { Message } from '../../../shared/messages/message.ts';
import type { SettingIssue } from '../../../shared/settings/settings.ts';
import { numberFault, typedNumber } from '../../parts/typed-number.ts';
import { COMMON_FIELDS, commonFields, paramFields, type RuleField } from './rule-fields.ts';

type Entered = string | readonly string[];

/** The contents of the editor. */
export type RuleDraft = {
  readonly id: string;
  readonly kind: string;
  /** The values by the path of the field. A switch is `true` or `false`. */
  readonly values: Readonly<Record<string, Entered>>;
  readonly scope: Rule['scope'];
  readonly enabled: boolean;
};

/** The errors by the path of the field. */
export type RuleErrors = Readonly<Record<string, Message>>;

export type RuleResult =
  | { readonly ok: true; readonly rule: Rule }
  | { readonly ok: false; readonly errors: RuleErrors };

/** The contents of the editor for a rule. Parameters that it omits are the defaults of its kind. */
export function draftOf(rule: Rule, kind: RuleKindView): RuleDraft {
  const params = completeParams(rule.params, kind);
  return {
    id: rule.id,
    kind: rule.kind,
    values: {
      ...valuesOf(COMMON_FIELDS, rule),
      ...valuesOf(paramFields(kind), params),
    },
    scope: rule.scope,
    enabled: rule.enabled,
  };
}

/**
 * The rule as the editor shows it, with the defaults of its kind. A saved value that differs from it was changed in the editor.
 */
export function shownRule(rule: Rule, kind: RuleKindView): Rule {
  const result = ruleOfDraft(draftOf(rule, kind), kind);
  return result.ok ? { ...result.rule, params: { ...rule.params, ...result.rule.params } } : rule;
}

/** The draft with another kind: its parameters are the defaults of the kind, everything else is kept. */
export function withKind(draft: RuleDraft, kind: RuleKindView): RuleDraft {
  const common = COMMON_FIELDS.map(({ path }) => [path, draft.values[path] ?? '']);
  const params = valuesOf(paramFields(kind), completeParams({}, kind));
  return { ...draft, kind: kind.kind, values: { ...Object.fromEntries(common), ...params } };
}

/** The parameters, with the defaults of the kind for those that are absent. */
export function completeParams(params: RuleParams, kind: RuleKindView): RuleParams {
  const properties = z.record(z.string(), z.looseObject({})).catch({}).parse(kind.params.properties);
  const defaults = Object.entries(properties).flatMap(([name, property]) =>
    'default' in property ? [[name, property.default]] : [],
  );
  return { ...(Object.fromEntries(defaults) as RuleParams), ...params };
}

function valuesOf(fields: readonly RuleField[], from: object): Record<string, Entered> {
  const found = from as Readonly<Record<string, unknown>>;
  return Object.fromEntries(fields.map(({ path, name }) => [path, entered(found[name])]));
}

function entered(value: unknown): Entered {
  if (value === null || value === undefined) return '';
  return Array.isArray(value) ? value.map(String) : String(value);
}

/** The rule in the editor, validated with the schemas that the monitor uses. */
export function ruleOfDraft(draft: RuleDraft, kind: RuleKindView): RuleResult {
  const fields = paramFields(kind);
  const params = Object.fromEntries(readValues(fields, draft.values));
  const rule = {
    ...Object.fromEntries(readValues(commonFields(kind), draft.values)),
    id: draft.id.trim(),
    kind: draft.kind,
    params,
    scope: draft.scope,
    enabled: draft.enabled,
  };
  const ofRule = ruleSchema.safeParse(rule);
  const ofParams = z.fromJSONSchema(kind.params as Parameters<typeof z.fromJSONSchema>[0]).safeParse(params);
  const errors: Record<string, Message> = {};
  const note = (path: readonly PropertyKey[], issue: z.core.$ZodIssue): void => {
    const field = path.slice(0, path[0] === 'params' ? 2 : 1).join('.');
    const isUnread = Number.isNaN(path[0] === 'params' ? params[String(path[1])] : rule[path[0] as never]);
    errors[field] ??= isUnread ? numberFault(String(draft.values[field] ?? '')) : faultOfIssue(issue);
  };
  // The parameters' own schema first, because the schema of a rule has a less specific error for an invalid number.
  for (const issue of ofParams.error?.issues ?? []) note(['params', ...issue.path], issue);
  for (const issue of ofRule.error?.issues ?? []) note(issue.path, issue);
  if (ofRule.success && Object.keys(errors).length === 0) return { ok: true, rule: ofRule.data };
  return { ok: false, errors };
}

function readValues(
  fields: readonly RuleField[],
  values: RuleDraft['values'],
): readonly (readonly [string, unknown])[] {
  return fields.flatMap((field) => {
    const value = read(field, values[field.path] ?? '');
    return value === undefined ? [] : [[field.name, value]];
  });
}

/** The value of a field; undefined if it is omitted. */
function read(field: RuleField, value: Entered): unknown {
  if (field.kind === 'list') return typeof value === 'string' ? [] : value;
  if (typeof value !== 'string') return value;
  const typed = value.trim();
  if (field.kind === 'switch') return typed === 'true';
  if (typed === '' && field.isNullable) return null;
  if (typed === '' && field.isOptional) return undefined;
  if (field.kind === 'number') return typedNumber(typed);
  return typed;
}

/** The errors that the monitor reports, by field: the first one of each field; an error of a list's item belongs to the list. */
export function errorsOfIssues(issues: readonly SettingIssue[]): RuleErrors {
  const errors = issues.map(({ setting, message: fault }) => {
    const path = setting.split('.');
    return [path.slice(0, path[0] === 'params' ? 2 : 1).join('.'), fault] as const;
  });
  return Object.fromEntries(errors.toReversed());
}
