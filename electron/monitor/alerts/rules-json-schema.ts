import { z } from 'zod';
import { ruleSchema } from '../../../shared/domain/rule.ts';
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
