import type { Alert } from '../../../shared/domain/alert.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import { type Cooldown, createCooldown } from './cooldown.ts';
import type { Firing, Rule, RuleState } from './rule.ts';
import {
  createMovingAverageRule,
  type MovingAverageParams,
  type MovingAverageState,
} from './rules/moving-average.ts';

/** A rule with its parameters. What `start` gives is what `step` takes, and nobody else looks into it. */
type BoundRule = {
  readonly id: string;
  readonly againPct: number;
  start(): RuleState;
  step(state: RuleState, tick: Tick): number;
  describe(state: RuleState): Firing;
};

/** What the engine knows of one coin in one currency from one source. Sources never share a track. */
type Track = {
  readonly vsCurrency: string;
  readonly source: string;
  lastObservedAt: number;
  readonly movingAverage: MovingAverageState;
  /** One for each rule, in the order of the rules. */
  readonly states: readonly RuleState[];
};

/** Distance of the newest price from the mean of those before it. */
export type AverageReading = { readonly average: number; readonly changePct: number };

export type AlertEngine = {
  /**
   * Steps every rule with a tick and returns the alerts that it raises, mostly none. It awaits nothing and reads no
   * database. A tick that is not newer than its track's last is history: it changes nothing and raises nothing.
   */
  check(tick: Tick): readonly Alert[];
  /** Takes in a tick that was checked before a restart. The alerts that it raised are noted in the cooldown. */
  replay(tick: Tick): void;
  /** What the moving average said at the newest tick of a track; null while it has too few prices. */
  reading(coinId: string, vsCurrency: string, source: string): AverageReading | null;
  /** Replaying the ticks of this last stretch of time through a new engine brings it to the same state. */
  readonly memoryMs: number;
};

const NOTHING: readonly Alert[] = [];

/**
 * Watches ticks of any number of coins with the moving-average rule.
 *
 * @param cooldown what was delivered before; it may outlive an engine whose parameters change
 */
export function createAlertEngine(
  params: MovingAverageParams,
  cooldown: Cooldown = createCooldown(),
): AlertEngine {
  const tracksByCoin = new Map<string, Track[]>();
  const movingAverage = createMovingAverageRule();
  const rules: readonly BoundRule[] = [bind(movingAverage, params)];

  const startTrack = (vsCurrency: string, source: string): Track => {
    const states = rules.map((rule) => rule.start());
    return {
      vsCurrency,
      source,
      lastObservedAt: Number.NEGATIVE_INFINITY,
      movingAverage: states[0] as MovingAverageState, // the first rule's, see above
      states,
    };
  };

  const findTrack = (coinId: string, vsCurrency: string, source: string): Track | undefined => {
    const tracks = tracksByCoin.get(coinId);
    // One or two entries in practice: cheaper than a joined key for every tick.
    return tracks?.find((track) => track.vsCurrency === vsCurrency && track.source === source);
  };

  const addTrack = (coinId: string, vsCurrency: string, source: string): Track => {
    const track = startTrack(vsCurrency, source);
    const tracks = tracksByCoin.get(coinId);
    if (tracks) tracks.push(track);
    else tracksByCoin.set(coinId, [track]);
    return track;
  };

  /** The track of a tick that is news for it. */
  const advance = ({ coinId, vsCurrency, source, observedAt }: Tick): Track | null => {
    const track = findTrack(coinId, vsCurrency, source) ?? addTrack(coinId, vsCurrency, source);
    if (observedAt <= track.lastObservedAt) return null;
    track.lastObservedAt = observedAt;
    return track;
  };

  const raise = (rule: BoundRule, state: RuleState, tick: Tick, side: number): Alert | null => {
    const { coinId, vsCurrency, source, observedAt, price } = tick;
    const { id, againPct } = rule;
    const { calmAt } = state;
    const candidate = { rule: id, coinId, vsCurrency, source, observedAt, price, side, calmAt, againPct };
    if (!cooldown.admits(candidate)) return null;
    const alert = toAlert(id, tick, side, rule.describe(state));
    cooldown.note(alert);
    return alert;
  };

  return {
    memoryMs: movingAverage.memoryMs(params),
    check(tick) {
      const track = advance(tick);
      if (track === null) return NOTHING;
      let alerts: Alert[] | undefined;
      for (let index = 0; index < rules.length; index++) {
        const rule = rules[index];
        const state = track.states[index];
        if (rule === undefined || state === undefined) continue;
        const side = rule.step(state, tick);
        const alert = side === 0 ? null : raise(rule, state, tick, side);
        if (alert === null) continue;
        alerts ??= [];
        alerts.push(alert);
      }
      return alerts ?? NOTHING;
    },
    replay(tick) {
      const track = advance(tick);
      track?.states.forEach((state, index) => void rules[index]?.step(state, tick));
    },
    reading(coinId, vsCurrency, source) {
      const state = findTrack(coinId, vsCurrency, source)?.movingAverage;
      if (state === undefined || Number.isNaN(state.average)) return null;
      return { average: state.average, changePct: state.changePct };
    },
  };
}

function bind<Params, State extends RuleState>(rule: Rule<Params, State>, params: Params): BoundRule {
  return {
    id: rule.id,
    againPct: rule.againPct(params),
    start: () => rule.start(params),
    step: (state, tick) => rule.step(state as State, tick, params),
    describe: (state) => rule.describe(state as State, params),
  };
}

function toAlert(rule: string, tick: Tick, side: number, firing: Firing): Alert {
  const { coinId, vsCurrency, source, observedAt, price } = tick;
  return {
    // The same crossing has the same id, however often it is computed: every sink can drop a repeat.
    id: [rule, source, coinId, vsCurrency, observedAt].join(':'),
    rule,
    coinId,
    vsCurrency,
    source,
    observedAt,
    price,
    kind: rule,
    severity: 'warning',
    direction: side > 0 ? 'up' : 'down',
    ...firing,
  };
}
