import { z } from 'zod';
import { ruleSchema } from '../../../shared/domain/rule.ts';
import type { RuleKindView } from '../../../shared/domain/rule-view.ts';
import { RULE_KINDS } from './rules/registry.ts';

/**
 * The JSON Schema of `rules` in settings.json: a rule of each kind with the parameters of that kind. Editors complete and
 * check by it.
 */
export function rulesJsonSchema(): object {
  const kinds = [...RULE_KINDS.values()].map(({ id, params }) =>
    ruleSchema.extend({ kind: z.literal(id), params: params.optional() }),
  );
  return {
    ...z.toJSONSchema(z.array(z.union(kinds)), { io: 'input' }),
    title: 'Rules of Crypto Price Monitor',
  };
}

/** The kinds of rules with the JSON Schema of the parameters of each. */
export function ruleKindViews(): readonly RuleKindView[] {
  return [...RULE_KINDS.values()].map(({ id, params }) => ({
    kind: id,
    params: z.toJSONSchema(params, { io: 'input' }) as RuleKindView['params'],
  }));
}
