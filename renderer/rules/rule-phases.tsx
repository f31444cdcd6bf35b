import { useQuery } from '@tanstack/react-query';
import { RULE_PHASES, type RulePhase } from '../../shared/domain/rule-phase.ts';
import { formatCoinName } from '../../shared/format/name.ts';
import { t } from '../../shared/messages/message.ts';
import { useMonitor } from '../api/monitor-context.ts';
import classes from './rule-phases.module.css';
import { rulePhasesQuery } from './rules-query.ts';

const MAX_NAMES = 3;
const NONE: readonly RulePhase[] = [];

/** The state of a rule: the coins for which it fires, is pending, is in its cooldown, or was held when it was made. */
export function RulePhases({ ruleId }: { readonly ruleId: string }) {
  const { client } = useMonitor();
  const { data = NONE } = useQuery(rulePhasesQuery(client));
  const own = data.filter(({ rule }) => rule === ruleId);
  const groups = RULE_PHASES.flatMap((phase) => {
    const coins = own.filter((one) => one.phase === phase).map(({ coinId }) => formatCoinName(coinId));
    return phase === 'inactive' || coins.length === 0 ? [] : [{ phase, coins }];
  });
  if (groups.length === 0) return null;
  return (
    <span className={classes.phases} data-testid="rule-phases">
      {groups.map(({ phase, coins }) => (
        <span key={phase} data-phase={phase}>
          {t('rules.phase', {
            phase,
            names: coins.slice(0, MAX_NAMES),
            more: Math.max(0, coins.length - MAX_NAMES),
          })}
        </span>
      ))}
    </span>
  );
}
