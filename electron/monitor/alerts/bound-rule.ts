import type { Alert, RuleParams } from '../../../shared/domain/alert.ts';
import type { Rule } from '../../../shared/domain/rule.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import { faultOfIssue } from '../../../shared/messages/fault-of-issue.ts';
import { type Message, message } from '../../../shared/messages/message.ts';
import { MessageError } from '../../../shared/messages/message-error.ts';
import { RULE_KINDS } from './rules/registry.ts';
import type { Figures, Past, RuleKind, Verdict } from './rules/rule-kind.ts';
import { DOWN, NEAR, UP } from './rules/rule-kind.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** A rule with its kind and parameters. What `start` gives is what `step` takes, and nobody else looks into it. */
export type BoundRule = {
  readonly id: string;
  readonly kind: string;
  /** The same for the same kind and parameters. */
  readonly fingerprint: string;
  readonly meanOfMs: number | undefined;
  readonly extremesOfMs: number | undefined;
  readonly forMs: number;
  readonly cooldownMs: number;
  readonly ratchetPct: number | null;
  readonly onCrossing: boolean;
  /** Raised once for each coin. */
  readonly isOnce: boolean;
  /** Raised at once where its condition holds already when it is made or changed. */
  readonly raiseIfHolding: boolean;
  readonly replayMs: number;
  readonly againPct: number;
  concerns(coinId: string): boolean;
  /** Whether it is raised for a move to this side at this instant. */
  isWanted(side: Verdict, instant: number): boolean;
  start(): unknown;
  /** As its kind has it, with `params`: called for every tick, so nothing stands in between. */
  readonly step: RuleKind['step'];
  readonly params: RuleParams;
  /** Whether the condition holds, for kinds that do not tell so when they are stepped. */
  readonly holds: ((state: unknown, tick: Tick) => Verdict) | undefined;
  figures(state: unknown, tick: Tick): Figures;
  alert(state: unknown, tick: Tick, side: Verdict): Alert;
  /** A state from what was saved; null when that is none. */
  read(saved: unknown): unknown;
};

/** Rules with their kinds. `past` tells of the track that is stepped. */
export function bindRules(rules: readonly Rule[], past: Past): readonly BoundRule[] {
  return rules.map((rule) => bindRule(rule, past));
}

/** What is wrong with a field of a rule, as the predicate of a sentence about it. */
export type RuleFieldFault = { readonly field: string; readonly fault: Message };

/** What is wrong with the kind of a rule (`kind`) and with its parameters (`params.changePct`). */
export function ruleFieldFaults({
  kind: kindId,
  params,
}: Pick<Rule, 'kind' | 'params'>): readonly RuleFieldFault[] {
  const kind = RULE_KINDS.get(kindId);
  if (kind === undefined) {
    const kinds = [...RULE_KINDS.keys()];
    return [{ field: 'kind', fault: message('rule.unknown-kind', { kind: kindId, kinds }) }];
  }
  return (kind.params.safeParse(params).error?.issues ?? []).map((issue) => ({
    field: ['params', ...issue.path.map(String)].join('.'),
    fault: faultOfIssue(issue),
  }));
}

/** What is wrong with a rule, as the predicate of a sentence about it, or null. */
export function ruleFault(rule: Pick<Rule, 'kind' | 'params'>): Message | null {
  const [first] = ruleFieldFaults(rule);
  if (first === undefined) return null;
  const { field, fault } = first;
  return field === 'kind' ? fault : message('rule.param-fault', { param: field, fault });
}

/** How far back prices matter to a rule: earlier ones do not change what it does next. */
export function ruleMemoryMs({ kind, params }: Pick<Rule, 'kind' | 'params'>): number {
  const found = RULE_KINDS.get(kind);
  return found === undefined ? 0 : found.memory(found.params.parse(params)).replayMs;
}

/** Whether an instant is between two local times of day, `22:00-07:00`; null is always. */
function isWithinHours(hours: string | null, instant: number): boolean {
  const [from = '', to = ''] = hours?.split('-') ?? [];
  if (hours === null || from === to) return true;
  const date = new Date(instant);
  const now = `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
  return from < to ? now >= from && now < to : now >= from || now < to;
}

function bindRule(rule: Rule, past: Past): BoundRule {
  const { id, kind: kindId, scope, severity, direction } = rule;
  const until = rule.until === null ? Number.POSITIVE_INFINITY : Date.parse(rule.until);
  const fault = ruleFault(rule);
  const kind = RULE_KINDS.get(kindId);
  if (fault !== null) throw new MessageError(message('rule.fault', { id, fault }));
  if (kind === undefined) throw new Error(`there is no kind of rules "${kindId}"`); // a fault, above
  const params = kind.params.parse(rule.params);
  const coins = scope === 'all' ? null : new Set(scope);
  const memory = kind.memory(params);
  return {
    id,
    kind: kindId,
    fingerprint: JSON.stringify([kindId, Object.entries(params).toSorted(([a], [b]) => (a < b ? -1 : 1))]),
    meanOfMs: memory.meanOfMs,
    extremesOfMs: memory.extremesOfMs,
    forMs: rule.forSeconds * SECOND_MS,
    cooldownMs: rule.cooldownMinutes * MINUTE_MS,
    ratchetPct: rule.ratchetPct,
    onCrossing: kind.onCrossing ?? false,
    isOnce: rule.repeat === 'once',
    raiseIfHolding: rule.raiseIfHolding,
    isWanted: (side, instant) =>
      (direction === 'both' || (direction === 'up') === (side === UP)) &&
      instant < until &&
      isWithinHours(rule.activeHours, instant),
    replayMs: memory.replayMs,
    againPct: kind.againPct(params),
    concerns: (coinId) => coins?.has(coinId) ?? true,
    start: () => kind.start(params),
    step: kind.step,
    params,
    holds: kind.holds && ((state, tick) => kind.holds?.(state, tick, params) ?? NEAR),
    figures: (state, tick) => kind.figures(state, tick, params, past),
    alert: (state, tick, side) => ({
      // The same crossing has the same id, however often it is computed: every sink can drop a repeat.
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
      figures: kind.figures(state, tick, params, past),
    }),
    read: (saved) => kind.state.safeParse(saved).data ?? null,
  };
}
