import type { Alert, Tick } from '../../../shared/domain.ts';
import {
  createMovingAverageRule,
  type MovingAverageParams,
  type MovingAverageState,
} from './moving-average.ts';
import type { Firing, Rule } from './rule.ts';
import { createToldMoves } from './told-moves.ts';

/** A rule with its parameters. What `start` gives is what `step` takes, and nobody else looks into it. */
type BoundRule = {
  readonly id: string;
  start(): object;
  step(state: object, tick: Tick): Firing | null;
};

/** What the engine knows of one coin in one currency from one source. Sources never share a track. */
type Track = {
  readonly vsCurrency: string;
  readonly source: string;
  lastObservedAt: number;
  readonly movingAverage: MovingAverageState;
  /** One for each rule, in the order of the rules. */
  readonly states: readonly object[];
};

/** Distance of the newest price from the mean of those before it. */
export type AverageReading = { readonly average: number; readonly changePct: number };

export type AlertEngine = {
  /**
   * Steps every rule with a tick and returns what fired, mostly nothing. It awaits nothing and reads no database.
   * What another source has just told of is not told again.
   * A tick that is not newer than its track's last is history: it changes nothing and raises nothing.
   */
  check(tick: Tick): readonly Alert[];
  /** What the moving average said at the newest tick of a track; null while it has too few prices. */
  reading(coinId: string, vsCurrency: string, source: string): AverageReading | null;
  /** Replaying the ticks of this last stretch of time through a new engine brings it to the same state. */
  readonly memoryMs: number;
};

const NOTHING: readonly Alert[] = [];

/** Watches ticks of any number of coins with the moving-average rule. */
export function createAlertEngine(params: MovingAverageParams): AlertEngine {
  const tracksByCoin = new Map<string, Track[]>();
  const movingAverage = createMovingAverageRule();
  const toldMoves = createToldMoves();
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

  return {
    memoryMs: movingAverage.memoryMs(params),
    check(tick) {
      const { coinId, vsCurrency, source } = tick;
      const track = findTrack(coinId, vsCurrency, source) ?? addTrack(coinId, vsCurrency, source);
      if (tick.observedAt <= track.lastObservedAt) return NOTHING;
      track.lastObservedAt = tick.observedAt;

      let alerts: Alert[] | undefined;
      for (let index = 0; index < rules.length; index++) {
        const rule = rules[index];
        const state = track.states[index];
        const firing = rule && state ? rule.step(state, tick) : null;
        if (rule === undefined || firing === null || !toldMoves.tell(rule.id, tick, firing)) continue;
        alerts ??= [];
        alerts.push(toAlert(rule.id, tick, firing));
      }
      return alerts ?? NOTHING;
    },
    reading(coinId, vsCurrency, source) {
      const state = findTrack(coinId, vsCurrency, source)?.movingAverage;
      if (state === undefined || Number.isNaN(state.average)) return null;
      return { average: state.average, changePct: state.changePct };
    },
  };
}

function bind<Params, State extends object>(rule: Rule<Params, State>, params: Params): BoundRule {
  return {
    id: rule.id,
    start: () => rule.start(params),
    step: (state, tick) => rule.step(state as State, tick, params),
  };
}

function toAlert(rule: string, tick: Tick, firing: Firing): Alert {
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
    ...firing,
  };
}
