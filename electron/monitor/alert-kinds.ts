import { RULE_KINDS } from './alerts/rules/registry.ts';

/** The kinds that an alert can have, for hosts. */
export const ALERT_KINDS: readonly string[] = [...RULE_KINDS.keys()];
