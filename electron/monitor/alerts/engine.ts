import { isDeepStrictEqual } from 'node:util';
import { type Alert, isResolvedEvent, type ResolvedAlert } from '../../../shared/domain/alert.ts';
import type { EndReason } from '../../../shared/domain/resolution.ts';
import type { Rule } from '../../../shared/domain/rule.ts';
import type { RulePhase } from '../../../shared/domain/rule-phase.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import { type BoundRule, bindRules } from './bound-rule.ts';
import type { CoinState, SavedWhole, TrackState } from './coin-state.ts';
import { admits, type Raised, withRaised } from './cooldown.ts';
import { extremeOf, type Firing, firingOf, isBeyond, resolved, withoutAlert } from './firings.ts';
import { type Layout, layoutFor } from './memory/layout.ts';
import { FIRED_BEFORE, FIRED_UNMADE, TrackMemory } from './memory/track-memory.ts';
import type { Market } from './rules/coin-rule-kind.ts';
import { CALM, DOWN, HOLDS, NEAR, UP, type Verdict } from './rules/rule-kind.ts';

/** The rules of a track, and where it keeps its prices. Coins with the same rules share it. */
type Plan = {
  readonly rules: readonly BoundRule[];
  readonly layout: Layout;
  /** For each rule, where in a track's cells its window and its window of extremes are; 0 for none. */
  readonly windowCells: Int32Array;
  readonly extremesCells: Int32Array;
  /** The rule whose average quotes are compared with; -1 for none. */
  readonly averageRule: number;
  /** Whether there are rules that see the coin as a whole beside these. */
  readonly isSeenWhole: boolean;
};

/** The rules that concern a coin: those that see the prices of one source, and those that see the coin as a whole. */
type CoinPlan = { readonly perSource: Plan; readonly whole: Plan };

type Coin = {
  readonly plan: CoinPlan;
  /** The last alerts, by the rule's id. */
  readonly raised: Map<string, readonly Raised[]>;
  /** The coin as a whole; null where no rule sees it so, and before the first tick. */
  whole: Whole | null;
  /** The rules that fire. Mostly none: replaced as a whole, so that tracks can share it. */
  firings: readonly Firing[];
};

/** What the engine knows of one coin in one currency from one source. Sources never share a track. */
type Track = {
  /** Of its coin's plan, at hand for every tick. */
  readonly plan: Plan;
  readonly vsCurrency: string;
  readonly source: string;
  /** Where the memory keeps its numbers. */
  readonly place: number;
  /** Where the states of its rules begin. */
  readonly firstState: number;
  /** The next one of the same coin. */
  next: Track | null;
  readonly coin: Coin;
  /** Rules that were made or changed, until the track's next new tick; null for none. */
  made: readonly number[] | null;
  /** Whether a rule of the coin fires, on this track or another one. */
  isFiring: boolean;
};

/** A coin in one currency: a track of all of its sources together, and its newest tick. */
type Whole = { readonly track: Track; last: Tick };

/** Distance of the newest price from the mean of those before it. */
export type AverageReading = { readonly average: number; readonly changePct: number };

export type AlertEngine = {
  /**
   * Steps the rules of the tick's coin and returns the alerts that they raise, mostly none. It awaits nothing and reads no
   * database. A tick that is not newer than its track's last is history: it changes nothing and raises nothing.
   */
  check(tick: Tick): readonly Alert[];
  /**
   * Takes in that it is `at` now, and returns the alerts that time without a price raises. Call it with instants that do not
   * decrease; it does nothing where no rule `passes`. Nothing else in here knows the time: the same ticks and instants in the same
   * order give the same alerts.
   *
   * @param coinIds those that are watched
   */
  pass(at: number, coinIds: Iterable<string>): readonly Alert[];
  /** Whether time raises one of the rules. */
  readonly passes: boolean;
  /** Takes in a tick that was checked before, by this engine or another one. It raises nothing: see `note`. */
  replay(tick: Tick): void;
  /**
   * Takes note of an alert that a replayed tick raised, or of the event that one was resolved, after that tick. One that is known
   * changes nothing.
   */
  note(alert: Alert): void;
  /** What the first moving average said at a tick, its track's newest; null while it has too few prices. */
  reading(tick: Tick): AverageReading | null;
  /** The rules of a coin that are not inactive at an instant. */
  phases(coinId: string, now: number): readonly RulePhase[];
  /** Coins that the engine knows something of. */
  coins(): Iterable<string>;
  /** All that is known of a coin; `restore` goes on from it. Null for a coin without a tick. */
  save(coinId: string): CoinState | null;
  /**
   * Goes on from what was saved of a coin, by this set of rules or another one. A rule whose kind or parameters are others
   * now goes on from what it was brought to by replayed ticks, or starts anew: it is made, and where its condition holds at
   * the next tick that is new, it is raised at once or waits for the next crossing, as the rule says.
   */
  restore(coinId: string, saved: CoinState): void;
  /** Whether a saved state has what all rules of the coin need; else they want ticks replayed before `restore`. */
  isComplete(coinId: string, saved: CoinState): boolean;
  /** Replaying the ticks of this last stretch of time through a new engine brings it to the same state. */
  readonly memoryMs: number;
};

const NOTHING: readonly Alert[] = [];
const NONE_RAISED: readonly Raised[] = [];
/** Stands for the source of a coin as a whole. */
const ALL_SOURCES = '';
/** A source that has told nothing for so long does not tell that a firing is over. */
const SILENT_MS = 15 * 60_000;
const LONGEST_COOLDOWN_MS = 24 * 60 * 60_000;
/** Rules that remember more than this fill their windows as time goes on: the log is not kept for them. */
const LONGEST_REPLAY_MS = 4 * 60 * 60_000 + 15 * 60_000;

const NONE_FIRING: readonly Firing[] = [];

/**
 * Watches ticks of any number of coins with any number of rules.
 *
 * @param onResolved called within `check` with each event that an alert was resolved, before the tick's own alerts are returned
 * @throws MessageError for a rule of an unknown kind, or whose parameters its kind refuses
 */
export function createAlertEngine(
  rules: readonly Rule[],
  onResolved: (event: ResolvedAlert) => void = () => undefined,
): AlertEngine {
  const memory = new TrackMemory();
  const bound = bindRules(
    rules.filter(({ enabled }) => enabled),
    memory,
    { firing: (ruleId) => firing(ruleId) },
  );
  const passes = bound.some((rule) => rule.passes);
  /** The coin whose rules are stepped as a whole, with the track of the tick, null where time passes without one. */
  let stepped: { readonly whole: Whole; readonly track: Track | null; readonly at: number } | null = null;
  const plans = new Map<string, CoinPlan>();
  const coins = new Map<string, Coin>();
  /** The first track of each coin. */
  const tracks = new Map<string, Track>();
  /** Of all tracks: for each the states of the rules of its coin. */
  const states: unknown[] = [];

  const planOf = (coinId: string): CoinPlan => {
    const own = bound.filter(({ concerns }) => concerns(coinId));
    const key = own.map(({ id }) => id).join(' ');
    const whole = own.filter(({ isOfCoin }) => isOfCoin);
    const plan = plans.get(key) ?? {
      perSource: planFor(
        own.filter(({ isOfCoin }) => !isOfCoin),
        whole.length > 0,
      ),
      whole: planFor(whole, false),
    };
    plans.set(key, plan);
    return plan;
  };

  const coinOf = (coinId: string): Coin => {
    const coin = coins.get(coinId) ?? {
      plan: planOf(coinId),
      raised: new Map(),
      whole: null,
      firings: NONE_FIRING,
    };
    coins.set(coinId, coin);
    return coin;
  };

  const makeTrack = (coin: Coin, plan: Plan, vsCurrency: string, source: string): Track => {
    const place = memory.open(plan.layout);
    const firstState = states.length;
    for (const rule of plan.rules) states.push(rule.start());
    const isFiring = coin.firings.length > 0;
    return { plan, vsCurrency, source, place, firstState, next: null, coin, made: null, isFiring };
  };

  const addTrack = (coinId: string, vsCurrency: string, source: string): Track => {
    const coin = coinOf(coinId);
    const track = makeTrack(coin, coin.plan.perSource, vsCurrency, source);
    const last = [...tracksOf(coinId)].at(-1);
    if (last === undefined) tracks.set(coinId, track);
    else last.next = track;
    return track;
  };

  /** The coin as a whole at a tick. In another currency nothing of before can be compared. */
  const wholeOf = (coin: Coin, tick: Tick): Whole => {
    if (coin.whole?.track.vsCurrency === tick.vsCurrency) return coin.whole;
    const whole = { track: makeTrack(coin, coin.plan.whole, tick.vsCurrency, ALL_SOURCES), last: tick };
    coin.whole = whole;
    return whole;
  };

  function* tracksOf(coinId: string): Generator<Track> {
    for (let track = tracks.get(coinId) ?? null; track !== null; track = track.next) yield track;
  }

  const findTrack = (tick: Pick<Tick, 'coinId' | 'vsCurrency' | 'source'>): Track | null => {
    let track: Track | null = tracks.get(tick.coinId) ?? null;
    // One or two in practice: cheaper than a joined key for every tick.
    while (track !== null && (track.vsCurrency !== tick.vsCurrency || track.source !== tick.source))
      track = track.next;
    return track;
  };

  /** What comes of a price at which the condition of a rule holds: an alert, where it is new, wanted and admitted. */
  const hold = (track: Track, index: number, tick: Tick, side: Verdict, isNew: boolean): Alert | null => {
    const { plan, place } = track;
    const rule = plan.rules[index];
    if (rule === undefined) return null;
    const { layout } = plan;
    const since = memory.hold(layout, place, index, side);
    if (tick.observedAt - since < rule.forMs) return null;
    const fired = memory.fire(layout, place, index);
    if (!isNew || fired === FIRED_UNMADE) return null;
    if (fired === FIRED_BEFORE && rule.onCrossing && rule.ratchetPct === null) return null;
    return raise(track, index, tick, side, false);
  };

  /** The alert of a price at which a condition holds, where it is wanted and admitted. */
  const raise = (track: Track, index: number, tick: Tick, side: Verdict, isAtOnce: boolean): Alert | null => {
    const { plan, coin, place } = track;
    const rule = plan.rules[index];
    if (rule === undefined || !rule.notify) return null;
    if (!rule.isWanted(side, tick.observedAt)) return null;
    const before = coin.raised.get(rule.id) ?? NONE_RAISED;
    const last = before.at(-1);
    if (rule.isOnce && last !== undefined) return null;
    const { vsCurrency, source, observedAt, price } = tick;
    if (!isAtOnce && rule.ratchetPct !== null && last?.vsCurrency === vsCurrency) {
      if (Math.abs(price / last.price - 1) * 100 < rule.ratchetPct) return null;
    }
    // An alert of the rule as it was before does not stand for one that is raised at once.
    const calmAt = isAtOnce ? observedAt : memory.standing(plan.layout, place, index).calmAt;
    const { againPct, cooldownMs } = rule;
    const candidate = { vsCurrency, source, observedAt, price, side: side === HOLDS ? 0 : side };
    if (!admits(before, { ...candidate, calmAt, againPct, cooldownMs })) return null;
    const alert = rule.alert(states[track.firstState + index], tick, side);
    // Where a rule sees several sources, one that is behind can turn it round at the instant of its last alert.
    if (before.some(({ id }) => id === alert.id)) return null;
    coin.raised.set(rule.id, withRaised(before, alert, cooldownMs));
    return alert;
  };

  /**
   * What comes of a rule at the first new tick since it was made or changed, where it is to be raised at once and its condition
   * holds. A condition that has held for too short a time goes its way.
   */
  const raiseAtOnce = (track: Track, index: number, tick: Tick, verdict: Verdict): Alert | null => {
    const rule = track.plan.rules[index];
    if (rule === undefined || !rule.raiseIfHolding) return null;
    const { side, hasFired } = memory.standing(track.plan.layout, track.place, index);
    if (side !== 0 && !hasFired) return null;
    const held = rule.cross?.(states[track.firstState + index], tick) ?? verdict;
    if (held === CALM || held === NEAR) return null;
    memory.hold(track.plan.layout, track.place, index, held);
    memory.fire(track.plan.layout, track.place, index);
    return raise(track, index, tick, held, true);
  };

  /** Lets the past tell of what a rule looks at. */
  const select = ({ plan, place }: Track, index: number): void =>
    memory.select(place, plan.windowCells[index] ?? 0, plan.extremesCells[index] ?? 0);

  const setFirings = (coinId: string, firings: readonly Firing[]): void => {
    const coin = coinOf(coinId);
    coin.firings = firings;
    for (const track of tracksOf(coinId)) track.isFiring = firings.length > 0;
    if (coin.whole !== null) coin.whole.track.isFiring = firings.length > 0;
  };

  /** The number of the rule that raised an alert, where it is the same rule as then; -1 otherwise. */
  const ruleOf = ({ plan }: Track, alert: Alert): number =>
    plan.rules.findIndex(({ id, params }) => id === alert.rule && isDeepStrictEqual(params, alert.params));

  /** A replayed tick raised this: the rule was stepped then, where it had been made before, and perhaps raised at once. */
  const stepAgain = (track: Track, alert: Alert): void => {
    const index = ruleOf(track, alert);
    const rule = track.plan.rules[index];
    if (rule === undefined || !track.made?.includes(index)) return;
    track.made = track.made.filter((one) => one !== index);
    if (memory.standing(track.plan.layout, track.place, index).side !== CALM) return;
    const tick = { ...alert, volume24h: null, amount: null, marketCap: null, change24hPct: null };
    const side = rule.cross?.(states[track.firstState + index], tick) ?? NEAR;
    if (side === NEAR || side === CALM) return;
    memory.hold(track.plan.layout, track.place, index, side);
    memory.fire(track.plan.layout, track.place, index);
  };

  /** Begins the firing of an alert that a replayed tick, or the time, has raised; one that is older than its track is known. */
  const noteFiring = (coin: Coin, alert: Alert): void => {
    const whole = coin.whole?.track ?? null;
    const index = whole === null ? -1 : ruleOf(whole, alert);
    if (whole === null || index < 0) {
      const track = findTrack(alert);
      if (track === null || memory.newestAt(track.place) !== alert.observedAt) return;
      stepAgain(track, alert);
      fire(track, alert);
      return;
    }
    if (whole.vsCurrency !== alert.vsCurrency || memory.newestAt(whole.place) > alert.observedAt) return;
    // Time that passed is not replayed.
    const { layout } = whole.plan;
    const side = alert.direction === null ? HOLDS : alert.direction === 'up' ? UP : DOWN;
    memory.hold(layout, whole.place, index, side);
    memory.fire(layout, whole.place, index);
    fire(whole, alert);
  };

  /** Begins a firing with an alert that its tick, the newest of the track, has raised; or adds the alert to the one that goes on. */
  const fire = (track: Track, alert: Alert): void => {
    const { coin, plan, place } = track;
    const index = ruleOf(track, alert);
    const rule = plan.rules[index];
    // One that was raised by the rule as it was before ends with the next tick.
    const side = rule === undefined ? CALM : memory.firing(plan.layout, place, index);
    const firing = firingOf(alert, { fingerprint: rule?.fingerprint ?? '', source: track.source, side });
    const isSameFiring = (one: Firing): boolean =>
      isOf(one, track) && one.rule === rule?.id && one.fingerprint === rule.fingerprint;
    const known = coin.firings.find(isSameFiring);
    const others = coin.firings.filter((one) => one !== known);
    setFirings(alert.coinId, [...others, known ? { ...known, alerts: [...known.alerts, alert] } : firing]);
  };

  /** Why a firing ends with a tick that was stepped; null while it goes on. */
  const endOf = (firing: Firing, track: Track, tick: Tick): EndReason | null => {
    const { plan, place } = track;
    const index = plan.rules.findIndex(({ id }) => id === firing.rule);
    const rule = plan.rules[index];
    if (rule?.fingerprint !== firing.fingerprint) return 'rule-changed';
    const { side } = memory.standing(plan.layout, place, index);
    if (isOf(firing, track)) return side === firing.side ? null : side === 0 ? 'over' : 'reversed';
    // Its own source has fallen silent: another one may tell that it is over.
    const own = [...tracksOf(tick.coinId)].find((one) => isOf(firing, one));
    const isSilent =
      own === undefined ||
      tick.observedAt - memory.newestAt(own.place) > Math.max(rule.cooldownMs, SILENT_MS);
    return isSilent && side === 0 ? 'over' : null;
  };

  /** Ends firings with a tick that was stepped, or takes its price as their extreme. */
  const follow = (track: Track, tick: Tick, isNew: boolean): void => {
    const { coin, plan, firstState } = track;
    let firings = coin.firings;
    const isOfWhole = (source: string): boolean => source === ALL_SOURCES;
    for (const firing of coin.firings) {
      if (isOfWhole(firing.source) !== isOfWhole(track.source)) continue;
      const reason = endOf(firing, track, tick);
      if (reason !== null) {
        // In a replay it is the log that tells of a rule that was another one then.
        if (!isNew && reason === 'rule-changed') continue;
        firings = firings.filter((one) => one !== firing);
        if (isNew) for (const event of resolved(firing, tick, reason)) onResolved(event);
      } else if (isOf(firing, track) && isBeyond(firing, tick.price)) {
        const index = plan.rules.findIndex(({ id }) => id === firing.rule);
        select(track, index);
        const figures = plan.rules[index]?.figures(states[firstState + index], tick) ?? {};
        const extreme = extremeOf(tick, figures);
        firings = firings.map((one) => (one === firing ? { ...firing, extreme } : one));
      }
    }
    if (firings !== coin.firings) setFirings(tick.coinId, firings);
  };

  /** Steps the rules with a tick. What they raise is given when it is new, and is nothing otherwise. */
  const step = (tick: Tick, isNew: boolean): readonly Alert[] => {
    const track = findTrack(tick) ?? addTrack(tick.coinId, tick.vsCurrency, tick.source);
    const { plan, place, firstState } = track;
    const { rules: own, layout } = plan;
    if (!memory.take(layout, place, tick)) return NOTHING;
    let alerts: Alert[] | null = null;
    const made = isNew ? track.made : null;
    if (made !== null) {
      for (const index of made) memory.make(layout, place, index);
      track.made = null;
    }
    for (let index = 0; index < own.length; index++) {
      const rule = own[index];
      if (rule === undefined) continue;
      select(track, index);
      const verdict = rule.step(states[firstState + index], tick, rule.params, memory);
      if (verdict === CALM) memory.calm(layout, place, index);
      else if (verdict === NEAR) memory.near(layout, place, index);
      else {
        const alert = hold(track, index, tick, verdict, isNew);
        if (alert !== null) alerts = [...(alerts ?? NOTHING), alert];
      }
      if (made?.includes(index) && !alerts?.some((alert) => alert.rule === rule.id)) {
        const alert = raiseAtOnce(track, index, tick, verdict);
        if (alert !== null) alerts = [...(alerts ?? NOTHING), alert];
      }
    }
    if (track.isFiring) follow(track, tick, isNew);
    if (alerts !== null) for (const alert of alerts) fire(track, alert);
    memory.takeExtremes(layout, place, tick);
    if (plan.isSeenWhole) {
      const ofWhole = stepWhole(track, tick, isNew);
      if (ofWhole.length > 0) alerts = [...(alerts ?? NOTHING), ...ofWhole];
    }
    return alerts ?? NOTHING;
  };

  /** The side on which a rule fires at the tick or instant that is stepped. */
  const firing = (ruleId: string): Verdict => {
    if (stepped === null) return CALM;
    for (const track of [stepped.track, stepped.whole.track]) {
      const index = track?.plan.rules.findIndex(({ id }) => id === ruleId) ?? -1;
      const rule = track?.plan.rules[index];
      if (track === null || rule === undefined) continue;
      const side = memory.firing(track.plan.layout, track.place, index);
      return side !== CALM && rule.isWanted(side, stepped.at) ? side : CALM;
    }
    return CALM;
  };

  /** Steps the rules of a coin as a whole with a tick that its track has taken in. */
  const stepWhole = (track: Track, tick: Tick, isNew: boolean): readonly Alert[] => {
    const whole = wholeOf(track.coin, tick);
    // A copy: the caller may use its own again.
    if (tick.observedAt >= whole.last.observedAt) whole.last = { ...tick };
    // An alert is of the newest price's time, also where this source is behind another one.
    const at = whole.last.observedAt;
    memory.moveTo(whole.track.place, at);
    const now = at === tick.observedAt ? tick : { ...tick, observedAt: at };
    stepped = { whole, track, at };
    return stepWholeRules(whole, now, isNew, (rule, state) => rule.step(state, tick, rule.params, memory));
  };

  const pass = (at: number, coinIds: Iterable<string>): readonly Alert[] => {
    const wholes = [...coinIds].flatMap((coinId) => coins.get(coinId)?.whole ?? []);
    const newestAt = Math.max(...wholes.map(({ last }) => last.observedAt));
    const raisedAt = (ruleId: string): number =>
      Math.max(
        ...wholes.map(
          ({ track }) => track.coin.raised.get(ruleId)?.at(-1)?.observedAt ?? Number.NEGATIVE_INFINITY,
        ),
      );
    return wholes.flatMap((whole) => {
      const { last, track } = whole;
      // For rules that time raises alone: to the others it is still the time of the newest price.
      memory.moveTo(track.place, at);
      const tick = { ...last, observedAt: at };
      stepped = { whole, track: null, at };
      return stepWholeRules(whole, tick, true, (rule, state) => {
        if (!rule.passes) return null;
        const market: Market = {
          newestAt,
          coins: wholes.length,
          // Looked up where it is asked for: it looks at all coins.
          get raisedAt() {
            return raisedAt(rule.id);
          },
        };
        return rule.pass(state, tick, market);
      });
    });
  };

  /** @param find what a rule finds; null where it does not look */
  const stepWholeRules = (
    { track }: Whole,
    tick: Tick,
    isNew: boolean,
    find: (rule: BoundRule, state: unknown) => Verdict | null,
  ): readonly Alert[] => {
    const { plan, place, firstState } = track;
    const { layout } = plan;
    const made = isNew ? track.made : null;
    if (made !== null) {
      for (const index of made) memory.make(layout, place, index);
      track.made = null;
    }
    const alerts = plan.rules.flatMap((rule, index) => {
      const verdict = find(rule, states[firstState + index]);
      if (verdict === null) return [];
      let alert: Alert | null = null;
      if (verdict === CALM) memory.calm(layout, place, index);
      else if (verdict === NEAR) memory.near(layout, place, index);
      else alert = hold(track, index, tick, verdict, isNew);
      if (alert === null && made?.includes(index)) alert = raiseAtOnce(track, index, tick, verdict);
      return alert ?? [];
    });
    if (track.isFiring) follow(track, tick, isNew);
    for (const alert of alerts) fire(track, alert);
    return alerts;
  };

  const phaseOf = (
    coin: Coin,
    { id, cooldownMs, isWanted }: BoundRule,
    index: number,
    all: readonly Track[],
    now: number,
  ): RulePhase['phase'] => {
    if (coin.firings.some(({ rule }) => rule === id)) return 'firing';
    const held = all
      .map(({ plan, place }) => memory.standing(plan.layout, place, index))
      .filter(({ side }) => side !== CALM && isWanted(side as Verdict, now)); // kept as a number
    if (held.some(({ isOld }) => isOld)) return 'held-when-made';
    if (held.some(({ hasFired }) => !hasFired)) return 'pending';
    const last = coin.raised.get(id)?.at(-1);
    return last !== undefined && now - last.observedAt < cooldownMs ? 'cooldown' : 'inactive';
  };

  const saveTrack = ({ plan, vsCurrency, source, place, firstState, made }: Track): TrackState => ({
    vsCurrency,
    source,
    prices: memory.save(plan.layout, place),
    extremes: memory.saveExtremes(plan.layout, place),
    rules: Object.fromEntries(
      plan.rules.map(({ id }, index) => {
        const { calmAt, ...standing } = memory.standing(plan.layout, place, index);
        // A copy: the rule goes on writing into its state.
        const state: unknown = structuredClone(states[firstState + index]);
        const isUnstepped = made?.includes(index) ?? false;
        return [id, { calmAt: Number.isFinite(calmAt) ? calmAt : null, ...standing, isUnstepped, state }];
      }),
    ),
  });

  const restoreTrack = (
    track: Track,
    saved: TrackState,
    replayed: TrackState | null,
    isMade: (rule: BoundRule) => boolean,
  ): void => {
    const { plan, place, firstState } = track;
    const { layout } = plan;
    const made: number[] = [];
    memory.restore(layout, place, saved.prices, replayed?.prices ?? null);
    memory.restoreExtremes(layout, place, [...saved.extremes, ...(replayed?.extremes ?? [])]);
    for (const [index, rule] of plan.rules.entries()) {
      const known = saved.rules[rule.id] ?? replayed?.rules[rule.id];
      if (isMade(rule) || known?.isUnstepped) made.push(index);
      if (known === undefined) continue;
      memory.setStanding(layout, place, index, {
        ...known,
        calmAt: known.calmAt ?? Number.NEGATIVE_INFINITY,
      });
      states[firstState + index] = rule.read(known.state) ?? rule.start();
    }
    if (made.length > 0) track.made = made;
  };

  const saveWhole = ({ track, last }: Whole): SavedWhole => ({ last, track: saveTrack(track) });

  return {
    check: (tick) => step(tick, true),
    pass: (at, coinIds) => (passes ? pass(at, coinIds) : NOTHING),
    passes,
    replay: (tick) => void step(tick, false),
    note(alert) {
      const coin = coinOf(alert.coinId);
      if (isResolvedEvent(alert)) {
        const { alertId } = alert.resolution;
        if (!coin.firings.some(({ alerts }) => alerts.some(({ id }) => id === alertId))) return;
        setFirings(
          alert.coinId,
          coin.firings.flatMap((firing) => withoutAlert(firing, alertId) ?? []),
        );
        return;
      }
      const { raised } = coin;
      const before = raised.get(alert.rule) ?? NONE_RAISED;
      if (!before.some(({ id }) => id === alert.id)) noteFiring(coin, alert);
      const cooldownMs = bound.find(({ id }) => id === alert.rule)?.cooldownMs ?? LONGEST_COOLDOWN_MS;
      raised.set(alert.rule, withRaised(before, alert, cooldownMs));
    },
    reading(tick) {
      const track = findTrack(tick);
      if (track === null) return null;
      const index = track.plan.averageRule;
      const rule = track.plan.rules[index];
      if (rule === undefined) return null;
      select(track, index);
      const figures = rule.figures(states[track.firstState + index], tick);
      const { average = figures.ema ?? Number.NaN, changePct = Number.NaN } = figures;
      return Number.isNaN(average) ? null : { average, changePct };
    },
    phases(coinId, now) {
      const coin = coins.get(coinId);
      if (coin === undefined) return [];
      const perSource = [...tracksOf(coinId)];
      const whole = coin.whole === null ? [] : [coin.whole.track];
      const of = (rule: BoundRule, index: number, all: readonly Track[]): readonly RulePhase[] => {
        const phase = phaseOf(coin, rule, index, all, now);
        return phase === 'inactive' ? [] : [{ rule: rule.id, coinId, phase }];
      };
      return [
        ...coin.plan.perSource.rules.flatMap((rule, index) => of(rule, index, perSource)),
        ...coin.plan.whole.rules.flatMap((rule, index) => of(rule, index, whole)),
      ];
    },
    coins: () => coins.keys(),
    save(coinId) {
      const coin = coins.get(coinId);
      if (coin === undefined) return null;
      return {
        rules: Object.fromEntries(rulesOf(coin.plan).map(({ id, fingerprint }) => [id, fingerprint])),
        tracks: [...tracksOf(coinId)].map(saveTrack),
        ...(coin.whole !== null && { whole: saveWhole(coin.whole) }),
        raised: Object.fromEntries(coin.raised),
        firings: coin.firings,
      };
    },
    restore(coinId, saved) {
      const replayed = [...tracksOf(coinId)].map(saveTrack);
      const coin = coinOf(coinId);
      const { plan, raised } = coin;
      const rules = rulesOf(plan);
      const replayedWhole = coin.whole === null ? null : saveWhole(coin.whole);
      const isMade = ({ id, fingerprint }: BoundRule): boolean => saved.rules[id] !== fingerprint;
      for (const [rule, alerts] of Object.entries(saved.raised)) {
        // What was noted on the way here may be newer than what was saved.
        const savedAt = Math.max(...alerts.map(({ observedAt }) => observedAt));
        const newer = raised.get(rule)?.filter(({ observedAt }) => observedAt > savedAt) ?? [];
        raised.set(rule, [...alerts, ...newer]);
      }
      // What was raised once may be raised once more when it is another condition.
      for (const rule of rules) if (rule.isOnce && isMade(rule)) raised.delete(rule.id);
      tracks.delete(coinId);
      coin.whole = null;
      const known = withoutOthers(saved, rules);
      const restore = (track: TrackState, before: TrackState | null): void =>
        restoreTrack(addTrack(coinId, track.vsCurrency, track.source), track, before, isMade);
      for (const track of known.tracks) restore(track, replayed.find((one) => isSame(one, track)) ?? null);
      for (const track of replayed) {
        if (!saved.tracks.some((one) => isSame(one, track))) restore(track, null);
      }
      const isSaved = (firing: Firing): boolean =>
        [...saved.tracks, ...(saved.whole === undefined ? [] : [saved.whole.track])].some((track) =>
          isSame(firing, track),
        );
      const unsaved = coin.firings.filter((firing) => !isSaved(firing));
      setFirings(coinId, [...saved.firings, ...unsaved]);
      const whole = known.whole ?? replayedWhole;
      if (whole === null || plan.whole.rules.length === 0) return;
      const { track } = wholeOf(coin, whole.last);
      const isReplayed = replayedWhole !== null && isSame(replayedWhole.track, whole.track);
      restoreTrack(track, whole.track, isReplayed ? replayedWhole.track : null, isMade);
    },
    isComplete: (coinId, saved) =>
      rulesOf(planOf(coinId)).every(({ id, fingerprint }) => saved.rules[id] === fingerprint),
    memoryMs: Math.min(
      LONGEST_REPLAY_MS,
      Math.max(0, ...bound.map((rule) => rule.replayMs + rule.cooldownMs)),
    ),
  };
}

const rulesOf = ({ perSource, whole }: CoinPlan): readonly BoundRule[] => [
  ...perSource.rules,
  ...whole.rules,
];

function planFor(rules: readonly BoundRule[], isSeenWhole: boolean): Plan {
  const layout = layoutFor(
    rules.length,
    rules.flatMap(({ meanOfMs }) => meanOfMs ?? []),
    rules.flatMap(({ extremesOfMs }) => extremesOfMs ?? []),
  );
  const windows = layout.series.flatMap((series) => series.windows);
  const cellOf = (among: readonly { lengthMs: number; cell: number }[], wantedMs: number | undefined) =>
    among.find(({ lengthMs }) => lengthMs === wantedMs)?.cell ?? 0;
  return {
    rules,
    layout,
    windowCells: Int32Array.from(rules, ({ meanOfMs }) => cellOf(windows, meanOfMs)),
    extremesCells: Int32Array.from(rules, ({ extremesOfMs }) => cellOf(layout.extremes, extremesOfMs)),
    averageRule: rules.findIndex(({ kind }) => kind === 'moving-average'),
    isSeenWhole,
  };
}

/** What was saved without the states of rules that are others now. */
function withoutOthers(saved: CoinState, rules: readonly BoundRule[]): CoinState {
  const isKnown = (id: string): boolean =>
    rules.some((rule) => rule.id === id && rule.fingerprint === saved.rules[id]);
  const knownOf = (track: TrackState): TrackState => ({
    ...track,
    rules: Object.fromEntries(Object.entries(track.rules).filter(([id]) => isKnown(id))),
  });
  const { tracks, whole } = saved;
  return {
    ...saved,
    tracks: tracks.map(knownOf),
    ...(whole !== undefined && { whole: { ...whole, track: knownOf(whole.track) } }),
  };
}

type TrackKey = Pick<Track, 'vsCurrency' | 'source'>;

/** Whether a firing is of a track of its coin. */
const isOf = (firing: Firing, track: TrackKey): boolean => isSame(firing, track);

const isSame = (a: TrackKey, b: TrackKey): boolean => a.vsCurrency === b.vsCurrency && a.source === b.source;
