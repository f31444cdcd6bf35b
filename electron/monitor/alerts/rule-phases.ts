import type { RulePhase } from '../../../shared/domain/rule-phase.ts';
import type { BoundRule } from './bound-rule.ts';
import type { TrackMemory } from './memory/track-memory.ts';
import { CALM, type Verdict } from './rules/rule-kind.ts';
import type { Coin, Track, Tracks } from './tracks.ts';

/** The rules of a coin that are not inactive at an instant. */
export function phasesOf(
  memory: TrackMemory,
  tracks: Tracks,
  coinId: string,
  now: number,
): readonly RulePhase[] {
  const coin = tracks.knownCoin(coinId);
  if (coin === undefined) return [];
  const perSource = [...tracks.of(coinId)];
  const whole = coin.whole === null ? [] : [coin.whole.track];
  const of = (rule: BoundRule, index: number, all: readonly Track[]): readonly RulePhase[] => {
    const phase = phaseOf(memory, coin, rule, index, all, now);
    return phase === 'inactive' ? [] : [{ rule: rule.id, coinId, phase }];
  };
  return [
    ...coin.plan.perSource.rules.flatMap((rule, index) => of(rule, index, perSource)),
    ...coin.plan.whole.rules.flatMap((rule, index) => of(rule, index, whole)),
  ];
}

function phaseOf(
  memory: TrackMemory,
  coin: Coin,
  { id, cooldownMs, isWanted }: BoundRule,
  index: number,
  all: readonly Track[],
  now: number,
): RulePhase['phase'] {
  if (coin.firings.some(({ rule }) => rule === id)) return 'firing';
  const held = all
    .map(({ plan, place }) => memory.conditionState(plan.layout, place, index))
    .filter(({ side }) => side !== CALM && isWanted(side as Verdict, now)); // kept as a number
  if (held.some(({ isOld }) => isOld)) return 'held-when-made';
  if (held.some(({ hasFired }) => !hasFired)) return 'pending';
  const last = coin.raised.get(id)?.at(-1);
  return last !== undefined && now - last.observedAt < cooldownMs ? 'cooldown' : 'inactive';
}
