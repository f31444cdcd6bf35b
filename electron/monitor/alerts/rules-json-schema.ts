import { z } from 'zod';
import { ruleSchema } from '../../../shared/domain/rule.ts';
import type { RuleKindView } from '../../../shared/domain/rule-view.ts';
import { directionsOf } from './bound-rule.ts';
import { RULE_KINDS } from './rules/registry.ts';

/**
 * The JSON Schema of `rules` in settings.json: a rule of each kind with the parameters of that kind. Editors use it for
 * completion and validation.
 */
export function rulesJsonSchema(): object {
  const kinds = [...RULE_KINDS.values()].map((kind) =>
    ruleSchema.extend({
      kind: z.literal(kind.id),
      params: kind.params.optional(),
      direction: z.enum(['both', ...directionsOf(kind)]).default('both'),
    }),
  );
  return {
    ...z.toJSONSchema(z.array(z.union(kinds)), { io: 'input' }),
    title: 'Rules of Crypto Price Monitor',
  };
}

/** The kinds of rules with their directions and the JSON Schema of the parameters of each. */
export function ruleKindViews(): readonly RuleKindView[] {
  return [...RULE_KINDS.values()].map((kind) => ({
    kind: kind.id,
    params: z.toJSONSchema(kind.params, { io: 'input' }) as RuleKindView['params'],
    directions: directionsOf(kind),
  }));
}
