import type { Alert, Direction, RuleParams } from '../../../shared/domain/alert.ts';
import type { Rule } from '../../../shared/domain/rule.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import { faultOfIssue } from '../../../shared/messages/fault-of-issue.ts';
import { type Message, message } from '../../../shared/messages/message.ts';
import { MessageError } from '../../../shared/messages/message-error.ts';
import { inOrder, membersOf, withMembers } from './member-order.ts';
import type { CoinRuleKind, Market, OtherRules } from './rules/coin-rule-kind.ts';
import { RULE_KINDS } from './rules/registry.ts';
import type { Figures, Past, RuleKind, Verdict } from './rules/rule-kind.ts';
import { CALM, DOWN, NEAR, UP } from './rules/rule-kind.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** A rule with its kind and parameters. What `start` returns is what `step` takes; nothing else reads it. */
export type BoundRule = {
  readonly id: string;
  readonly kind: string;
  /** Whether it sees the prices of all sources of its coin, and other rules. It is stepped after those that do not. */
  readonly isOfCoin: boolean;
  /** Whether it can fire without a new price. */
  readonly passes: boolean;
  /** False for a rule that only other rules use. */
  readonly notify: boolean;
  /** Equal for the same kind and parameters, including those of the rules that it uses. */
  readonly fingerprint: string;
  readonly meanOfMs: number | undefined;
  readonly extremesOfMs: number | undefined;
  readonly forMs: number;
  readonly cooldownMs: number;
  readonly ratchetPct: number | null;
  readonly onCrossing: boolean;
  /** Whether it raises only one alert for each coin. */
  readonly isOnce: boolean;
  /** Whether it raises an alert immediately if its condition already holds when it is created or changed. */
  readonly raiseIfHolding: boolean;
  readonly replayMs: number;
  readonly againPct: number;
  /** See `RuleKind`; null for one that measures no move. */
  readonly moveVariance: number | null;
  concerns(coinId: string): boolean;
  /** Whether it raises alerts for a move to this side at this instant. */
  isWanted(side: Verdict, instant: number): boolean;
  start(): unknown;
  /** The step of its kind, with `params`: called for every tick, so it is not wrapped. */
  readonly step: RuleKind['step'];
  readonly params: RuleParams;
  /** Treats the tick that was stepped last as a crossing; absent for kinds whose condition holds without one. */
  readonly cross: ((state: unknown, tick: Tick) => Verdict) | undefined;
  /** Steps at the time of `tick`, whose other fields are those of the coin's newest tick. Only if it `passes`. */
  pass(state: unknown, tick: Tick, market: Market): Verdict;
  figures(state: unknown, tick: Tick): Figures;
  alert(state: unknown, tick: Tick, side: Verdict): Alert;
  /** Parses a saved state; null if it is invalid. */
  read(saved: unknown): unknown;
};

/**
 * Rules with their kinds: those that see one source in the given order, then those of a coin, each after the rules that it uses.
 *
 * @param past the past of the track that is stepped
 * @param others the other rules of the coin that is stepped
 * @throws MessageError for a rule of an unknown kind, with parameters that its kind rejects, or that uses itself
 */
export function bindRules(rules: readonly Rule[], past: Past, others: OtherRules): readonly BoundRule[] {
  const bound = new Map<string, BoundRule>();
  const isBound = (rule: BoundRule | undefined): rule is BoundRule => rule !== undefined;
  for (const rule of inOrder(rules)) {
    const fault = ruleFault(rule);
    const kind = RULE_KINDS.get(rule.kind);
    if (fault !== null) throw new MessageError(message('rule.fault', { id: rule.id, fault }));
    if (kind === undefined) throw new Error(`there is no kind of rules "${rule.kind}"`); // unreachable: `ruleFault` rejects it
    const members = membersOf(rule)
      .map((id) => bound.get(id))
      .filter(isBound);
    bound.set(
      rule.id,
      'isOfCoin' in kind ? bindCoinRule(rule, kind, members, others) : bindTrackRule(rule, kind, past),
    );
  }
  const inGivenOrder = rules.flatMap(({ id }) => bound.get(id) ?? []).filter(({ isOfCoin }) => !isOfCoin);
  return [...inGivenOrder, ...[...bound.values()].filter(({ isOfCoin }) => isOfCoin)];
}

/** What is wrong with a field of a rule, as the predicate of a sentence about it. */
export type RuleFieldFault = { readonly field: string; readonly fault: Message };

type RuleInQuestion = Pick<Rule, 'kind' | 'params'> & Partial<Pick<Rule, 'direction'>>;

/**
 * What is wrong with the kind of a rule (`kind`), with its parameters (`params.changePct`), and with what the kind cannot have.
 */
export function ruleFieldFaults({
  kind: kindId,
  params,
  direction = 'both',
}: RuleInQuestion): readonly RuleFieldFault[] {
  const kind = RULE_KINDS.get(kindId);
  if (kind === undefined) {
    const kinds = [...RULE_KINDS.keys()];
    return [{ field: 'kind', fault: message('rule.unknown-kind', { kind: kindId, kinds }) }];
  }
  const faults = (kind.params.safeParse(params).error?.issues ?? []).map((issue) => ({
    field: ['params', ...issue.path.map(String)].join('.'),
    fault: faultOfIssue(issue),
  }));
  const directions = directionsOf(kind);
  if (direction === 'both' || directions.includes(direction)) return faults;
  return [
    ...faults,
    { field: 'direction', fault: message('rule.other-direction', { kind: kindId, directions }) },
  ];
}

/** The directions of the price for which a rule of the kind can raise alerts. */
export const directionsOf = ({
  directions = ['up', 'down'],
}: RuleKind | CoinRuleKind): readonly Direction[] => directions;

/** What is wrong with a rule, as the predicate of a sentence about it, or null. */
export function ruleFault(rule: RuleInQuestion): Message | null {
  const [first] = ruleFieldFaults(rule);
  if (first === undefined) return null;
  const { field, fault } = first;
  return field === 'kind' ? fault : message('rule.param-fault', { param: field, fault });
}

/**
 * How far back prices matter to a rule: earlier ones do not change its next results.
 *
 * @param others rules that it may use
 */
export function ruleMemoryMs(rule: Rule, others: readonly Rule[] = []): number {
  const [own = 0, ...members] = withMembers(rule, others).map(({ kind, params }) => {
    const found = RULE_KINDS.get(kind);
    if (found === undefined) return 0;
    const parsed = found.params.parse(params);
    return 'isOfCoin' in found ? found.replayMs(parsed) : found.memory(parsed).replayMs;
  });
  return own + Math.max(0, ...members);
}

/** The sources that a rule compares, itself or through others; none for one that does not compare sources. */
export function comparedSources(rule: Rule, others: readonly Rule[]): readonly string[] {
  const compared = withMembers(rule, others).flatMap(({ kind: kindId, params }) => {
    const kind = RULE_KINDS.get(kindId);
    if (kind === undefined || !('isOfCoin' in kind)) return [];
    return kind.sources?.(kind.params.parse(params)) ?? [];
  });
  return [...new Set(compared)];
}

/** Whether a rule can fire without a new price, itself or through others. */
export function firesWithoutPrice(rule: Rule, others: readonly Rule[]): boolean {
  return withMembers(rule, others).some(({ kind: kindId }) => {
    const kind = RULE_KINDS.get(kindId);
    return kind !== undefined && 'isOfCoin' in kind && kind.pass !== undefined;
  });
}

/** Whether an instant is between two local times of day, `22:00-07:00`; null is always. */
function isWithinHours(hours: string | null, instant: number): boolean {
  const [from = '', to = ''] = hours?.split('-') ?? [];
  if (hours === null || from === to) return true;
  const date = new Date(instant);
  const now = `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
  return from < to ? now >= from && now < to : now >= from || now < to;
}

/** The properties common to all rules. */
type Common = Omit<BoundRule, 'alert' | 'replayMs' | 'step' | 'pass'>;

function bindCommon(
  rule: Rule,
  kind: RuleKind | CoinRuleKind,
  params: RuleParams,
  figures: (state: unknown, tick: Tick) => Figures,
): Common & Pick<BoundRule, 'alert'> {
  const { id, kind: kindId, scope, severity, direction } = rule;
  const until = rule.until === null ? Number.POSITIVE_INFINITY : Date.parse(rule.until);
  // Watchlists were already replaced by their coins, unless they do not exist.
  const coins = scope === 'all' ? null : new Set('watchlist' in scope ? [] : scope);
  return {
    id,
    kind: kindId,
    isOfCoin: false,
    passes: false,
    notify: rule.notify,
    fingerprint: JSON.stringify([kindId, Object.entries(params).toSorted(([a], [b]) => (a < b ? -1 : 1))]),
    meanOfMs: undefined,
    extremesOfMs: undefined,
    forMs: rule.forSeconds * SECOND_MS,
    cooldownMs: rule.cooldownMinutes * MINUTE_MS,
    ratchetPct: rule.ratchetPct,
    onCrossing: kind.onCrossing ?? false,
    isOnce: rule.repeat === 'once',
    raiseIfHolding: rule.raiseIfHolding,
    isWanted: (side, instant) =>
      (direction === 'both' || side === (direction === 'up' ? UP : DOWN)) &&
      instant < until &&
      isWithinHours(rule.activeHours, instant),
    againPct: kind.againPct(params),
    moveVariance: null,
    concerns: (coinId) => coins?.has(coinId) ?? true,
    params,
    start: () => kind.start(params),
    cross: undefined,
    figures,
    alert: (state, tick, side) => ({
      // The same crossing has the same id, however often it is computed, so that every consumer can drop a repeat.
      id: [id, tick.source, tick.coinId, tick.vsCurrency, tick.observedAt].join(':'),
      rule: id,
      kind: kindId,
      params,
      severity,
      coinId: tick.coinId,
      vsCurrency: tick.vsCurrency,
      source: tick.source,
      observedAt: tick.observedAt,
      price: tick.price,
      direction: side === UP ? 'up' : side === DOWN ? 'down' : null,
      figures: figures(state, tick),
    }),
    read: (saved) => kind.state.safeParse(saved).data ?? null,
  };
}

function bindTrackRule(rule: Rule, kind: RuleKind, past: Past): BoundRule {
  const params = kind.params.parse(rule.params);
  const { meanOfMs, extremesOfMs, replayMs } = kind.memory(params);
  return {
    ...bindCommon(rule, kind, params, (state, tick) => kind.figures(state, tick, params, past)),
    meanOfMs,
    extremesOfMs,
    replayMs,
    moveVariance: kind.moveVariance?.(params) ?? null,
    step: kind.step,
    cross: kind.cross && ((state, tick) => kind.cross?.(state, tick, params) ?? NEAR),
    pass: () => CALM,
  };
}

/** @param members the watched rules that it uses */
function bindCoinRule(
  rule: Rule,
  kind: CoinRuleKind,
  members: readonly BoundRule[],
  others: OtherRules,
): BoundRule {
  const params = kind.params.parse(rule.params);
  const common = bindCommon(rule, kind, params, (state) => kind.figures(state, params));
  const step = (state: unknown, tick: Tick): Verdict => kind.step(state, tick, params, others);
  return {
    ...common,
    isOfCoin: true,
    passes: kind.pass !== undefined || members.some(({ passes }) => passes),
    fingerprint: JSON.stringify([common.fingerprint, ...members.map(({ fingerprint }) => fingerprint)]),
    replayMs: kind.replayMs(params) + Math.max(0, ...members.map(({ replayMs }) => replayMs)),
    step,
    // A rule that only uses others can be evaluated at any instant.
    pass: (state, tick, market) => kind.pass?.(state, tick.observedAt, params, market) ?? step(state, tick),
  };
}
