import type { Tick } from '../../../shared/domain/tick.ts';
import type { Beta } from './beta.ts';
import type { CoinPlan, Plan } from './coin-plan.ts';
import type { Raised } from './cooldown.ts';
import type { Firing } from './firings.ts';
import type { LeadingPrices } from './leading-prices.ts';
import type { TrackMemory } from './memory/track-memory.ts';

export type Coin = {
  readonly plan: CoinPlan;
  /** The last alerts, by the rule's id. */
  readonly raised: Map<string, readonly Raised[]>;
  /** The coin as a whole; null if no rule uses it, and before the first tick. */
  whole: Whole | null;
  /** The firings. Mostly none: replaced as a whole, so that tracks can share it. */
  firings: readonly Firing[];
};

/** The engine's state of one coin in one currency from one source. Sources never share a track. */
export type Track = {
  /** The coin's plan, here for fast access. */
  readonly plan: Plan;
  /** Empty after the track was dropped, so that no tick matches it. */
  coinId: string;
  readonly vsCurrency: string;
  readonly source: string;
  /** Where the memory keeps its numbers. */
  readonly place: number;
  /** Where the states of its rules begin. */
  readonly firstState: number;
  /** The next one of the same coin. */
  next: Track | null;
  /** The track of the tick that followed its last one; null before that. */
  after: Track | null;
  readonly coin: Coin;
  /** Rules that were created or changed, until the track's next new tick; null for none. */
  made: readonly number[] | null;
  /** For each rule the time of the first price that it has seen here; minus infinity if that was long ago. */
  readonly seenFrom: number[];
  /** Whether a rule of the coin fires, on this track or another one. */
  isFiring: boolean;
  /** The minute of its newest tick, since the epoch, if alerts can be inhibited; -1 otherwise. */
  minute: number;
  /** How it moves with the leading coin; null before the first tick, and for a track of that coin. */
  beta: Beta | null;
  /** The prices that others are compared with; null for a track of another coin. */
  leading: LeadingPrices | null;
};

/** A coin in one currency: a track of all of its sources together, and its newest tick. */
export type Whole = { readonly track: Track; last: Tick };

export type TrackKey = Pick<Track, 'vsCurrency' | 'source'>;

/** Whether two are of the same track of a coin: tracks, saved ones, or firings. */
export const isSameTrack = (a: TrackKey, b: TrackKey): boolean =>
  a.vsCurrency === b.vsCurrency && a.source === b.source;

/** The source of a coin as a whole. */
export const ALL_SOURCES = '';

const NONE_FIRING: readonly Firing[] = [];

/** Coins with their tracks. */
export class Tracks {
  /** For all tracks: the states of the rules of their coins. */
  readonly states: unknown[] = [];
  readonly #memory: TrackMemory;
  readonly #planOf: (coinId: string) => CoinPlan;
  readonly #coins = new Map<string, Coin>();
  /** The first track of each coin. */
  readonly #first = new Map<string, Track>();
  /** Places of dropped tracks, which others of the same plan reuse. */
  readonly #free = new Map<Plan, Pick<Track, 'place' | 'firstState'>[]>();
  /** The track of the last tick. */
  #last: Track | null = null;

  constructor(memory: TrackMemory, planOf: (coinId: string) => CoinPlan) {
    this.#memory = memory;
    this.#planOf = planOf;
  }

  /** Coins with a state. */
  coins(): Iterable<string> {
    return this.#coins.keys();
  }

  knownCoin(coinId: string): Coin | undefined {
    return this.#coins.get(coinId);
  }

  coin(coinId: string): Coin {
    const known = this.#coins.get(coinId);
    if (known !== undefined) return known;
    const coin: Coin = { plan: this.#planOf(coinId), raised: new Map(), whole: null, firings: NONE_FIRING };
    this.#coins.set(coinId, coin);
    return coin;
  }

  *of(coinId: string): Generator<Track> {
    for (let track = this.#first.get(coinId) ?? null; track !== null; track = track.next) yield track;
  }

  find({ coinId, vsCurrency, source }: Pick<Tick, 'coinId' | 'vsCurrency' | 'source'>): Track | null {
    let track: Track | null = this.#first.get(coinId) ?? null;
    // One or two in practice: cheaper than a joined key for every tick.
    while (track !== null && (track.vsCurrency !== vsCurrency || track.source !== source)) track = track.next;
    return track;
  }

  /**
   * The track of the next tick, which is created if there is none. Responses list their coins in the same order, and the trades
   * of a coin follow one another, so the track that came next the last time usually comes next now.
   */
  ofNext(tick: Tick): Track {
    const guess = this.#last === null ? null : this.#last.after;
    if (
      guess !== null &&
      guess.coinId === tick.coinId &&
      guess.vsCurrency === tick.vsCurrency &&
      guess.source === tick.source
    ) {
      this.#last = guess;
      return guess;
    }
    const track = this.find(tick) ?? this.add(tick, tick.observedAt);
    if (this.#last !== null) this.#last.after = track;
    this.#last = track;
    return track;
  }

  /** @param at the time of its first price; a track that is restored is given the times of its rules */
  add({ coinId, vsCurrency, source }: Pick<Tick, 'coinId' | 'vsCurrency' | 'source'>, at: number): Track {
    const coin = this.coin(coinId);
    const track = this.#make(coin, coin.plan.perSource, { coinId, vsCurrency, source }, at);
    const last = [...this.of(coinId)].at(-1);
    if (last === undefined) this.#first.set(coinId, track);
    else last.next = track;
    return track;
  }

  /** The coin as a whole at a tick. In another currency, nothing earlier can be compared. */
  whole(coin: Coin, tick: Tick): Whole {
    if (coin.whole?.track.vsCurrency === tick.vsCurrency) return coin.whole;
    const { coinId, vsCurrency, observedAt } = tick;
    const key = { coinId, vsCurrency, source: ALL_SOURCES };
    const track = this.#make(coin, coin.plan.whole, key, observedAt);
    coin.whole = { track, last: tick };
    return coin.whole;
  }

  setFirings(coinId: string, firings: readonly Firing[]): void {
    const coin = this.coin(coinId);
    coin.firings = firings;
    for (const track of this.of(coinId)) track.isFiring = firings.length > 0;
    if (coin.whole !== null) coin.whole.track.isFiring = firings.length > 0;
  }

  /** Drops the tracks of a coin, so that others can reuse their places. */
  drop(coinId: string): void {
    const coin = this.coin(coinId);
    for (const track of this.of(coinId)) this.#release(track);
    if (coin.whole !== null) this.#release(coin.whole.track);
    this.#first.delete(coinId);
    coin.whole = null;
  }

  #release(track: Track): void {
    const { plan, place, firstState } = track;
    this.#memory.clear(plan.layout, place);
    const free = this.#free.get(plan) ?? [];
    free.push({ place, firstState });
    this.#free.set(plan, free);
    track.coinId = '';
  }

  #make(coin: Coin, plan: Plan, key: TrackKey & Pick<Track, 'coinId'>, at: number): Track {
    const { place, firstState } = this.#free.get(plan)?.pop() ?? {
      place: this.#memory.open(plan.layout),
      firstState: this.states.length,
    };
    for (const [index, rule] of plan.rules.entries()) this.states[firstState + index] = rule.start();
    const isFiring = coin.firings.length > 0;
    const seenFrom = plan.rules.map(() => at);
    const unlearned = { minute: -1, beta: null, leading: null };
    return {
      plan,
      ...key,
      place,
      firstState,
      next: null,
      after: null,
      coin,
      made: null,
      seenFrom,
      isFiring,
      ...unlearned,
    };
  }
}
