import { z } from 'zod';

/**
 * The state of a rule for a coin. `pending`: its condition holds, for less than `forSeconds`. `firing`: it has raised an alert,
 * and its condition is not clearly over. `cooldown`: it is over, and the cooldown after its last alert is not. `held-when-made`: its
 * condition has held since before the rule was made, and it waits for the next crossing. `inactive`: none of these.
 */
export const RULE_PHASES = ['inactive', 'pending', 'firing', 'cooldown', 'held-when-made'] as const;

export const rulePhaseSchema = z.object({
  /** The rule's id. */
  rule: z.string(),
  coinId: z.string(),
  phase: z.enum(RULE_PHASES),
});
export type RulePhase = Readonly<z.infer<typeof rulePhaseSchema>>;
