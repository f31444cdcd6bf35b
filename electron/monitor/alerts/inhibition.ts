import type { Alert } from '../../../shared/domain/alert.ts';
import type { Inhibitor } from '../../../shared/domain/inhibitor.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import { fitOf, startBeta, withFirst } from './beta.ts';
import type { BoundRule } from './bound-rule.ts';
import { selectPast } from './coin-plan.ts';
import { returnBetween, withLeadingFirst } from './leading-prices.ts';
import type { TrackMemory } from './memory/track-memory.ts';
import { DOWN, UP } from './rules/rule-kind.ts';
import type { Track, Tracks } from './tracks.ts';

const MINUTE_MS = 60_000;

/** The coin whose alerts inhibit those of others, and when moves are too unusual for that. */
export type InhibitionParams = {
  readonly leadingCoin: string;
  /** A move beyond beta is unusual if it is more than this many standard deviations … */
  readonly score: number;
  /** … and more than this, in per cent. */
  readonly floorPct: number;
};

/**
 * Inhibits alerts that follow those of a leading coin: while a rule fires for that coin, an alert of the same rule and direction
 * for another coin is inhibited, unless the coin moves beyond its beta to the leading coin by more than is usual for it. For both
 * coins, the move is the one that the rule measures.
 */
export class Inhibition {
  readonly params: InhibitionParams;
  readonly #memory: TrackMemory;
  readonly #tracks: Tracks;
  /** The minute of the last tick, cached because the next tick is nearly always in the same minute. */
  #minute = -1;
  #endsAt = Number.NEGATIVE_INFINITY;

  constructor(params: InhibitionParams, memory: TrackMemory, tracks: Tracks) {
    this.params = params;
    this.#memory = memory;
    this.#tracks = tracks;
  }

  /** Processes a tick of a track, after the rules were stepped: it does not affect the judgement of its own move. */
  process(track: Track, tick: Tick): void {
    const { observedAt: at, price } = tick;
    if (track.leading !== null) track.leading = { ...track.leading, last: { at, price } };
    const isSameMinute = at < this.#endsAt && at >= this.#endsAt - MINUTE_MS;
    if (!isSameMinute || track.minute !== this.#minute) this.#processFirst(track, tick);
  }

  /** Processes a tick of another minute than the last one, mostly the first of its track. */
  #processFirst(track: Track, { coinId, observedAt: at, price }: Tick): void {
    this.#minute = Math.floor(at / MINUTE_MS);
    this.#endsAt = (this.#minute + 1) * MINUTE_MS;
    if (track.minute === this.#minute) return;
    track.minute = this.#minute;
    if (coinId === this.params.leadingCoin) {
      const firsts = withLeadingFirst(track.leading?.firsts ?? [], { at, price });
      track.leading = { last: { at, price }, firsts };
      return;
    }
    const leadingReturn = (from: number, to: number): number => this.#leadingReturn(track, from, to);
    track.beta = withFirst(track.beta ?? startBeta(), { at, price }, leadingReturn);
  }

  /** From the same source if it is known: prices of two sources differ by more than a minute's move. */
  #leadingReturn({ vsCurrency, source }: Track, from: number, to: number): number {
    const coinId = this.params.leadingCoin;
    const same = returnOf(this.#tracks.find({ coinId, vsCurrency, source }), from, to);
    if (!Number.isNaN(same)) return same;
    for (const one of this.#tracks.of(coinId)) {
      const found = one.vsCurrency === vsCurrency ? returnOf(one, from, to) : Number.NaN;
      if (!Number.isNaN(found)) return found;
    }
    return Number.NaN;
  }

  /** The inhibitor of an alert that a rule has just raised; null if there is none. */
  inhibitorOf(track: Track, rule: BoundRule, alert: Alert): Inhibitor | null {
    const { leadingCoin, score, floorPct } = this.params;
    const { direction, figures, coinId } = alert;
    if (coinId === leadingCoin || rule.moveVariance === null || direction === null) return null;
    const fit = track.beta === null ? null : fitOf(track.beta);
    const leading = this.#leadingMove(rule, direction === 'up' ? UP : DOWN, alert.vsCurrency);
    if (fit === null || leading === null || figures.changePct === undefined) return null;
    const beyondPct = figures.changePct - fit.beta * leading.changePct;
    const usualPct = score * fit.deviation * Math.sqrt(rule.moveVariance) * 100;
    const inDirectionPct = direction === 'up' ? beyondPct : -beyondPct;
    if (inDirectionPct > Math.max(usualPct, floorPct)) return null;
    return { alertId: leading.alertId, coinId: leadingCoin, beta: fit.beta, beyondPct };
  }

  /**
   * The alert of the leading coin that a rule raised and fires for on this side, and how far it is now; null while it does not
   * fire.
   */
  #leadingMove(
    { id, fingerprint }: BoundRule,
    side: number,
    vsCurrency: string,
  ): { readonly alertId: string; readonly changePct: number } | null {
    const { leadingCoin: coinId } = this.params;
    const firing = this.#tracks
      .knownCoin(coinId)
      ?.firings.find(
        (one) =>
          one.rule === id &&
          one.fingerprint === fingerprint &&
          one.side === side &&
          one.vsCurrency === vsCurrency,
      );
    if (firing === undefined) return null;
    const { source } = firing;
    const track = this.#tracks.find({ coinId, vsCurrency, source });
    const alertId = firing.alerts.at(-1)?.id;
    if (track === null || track.leading === null || alertId === undefined) return null;
    const index = track.plan.rules.findIndex((rule) => rule.id === id);
    selectPast(this.#memory, track.plan, track.place, index);
    const { at: observedAt, price } = track.leading.last;
    const unknown = { volume24h: null, amount: null, marketCap: null, change24hPct: null };
    const tick: Tick = { coinId, vsCurrency, source, observedAt, price, ...unknown };
    const figures = track.plan.rules[index]?.figures(this.#tracks.states[track.firstState + index], tick);
    const changePct = figures?.changePct ?? Number.NaN;
    return Number.isFinite(changePct) ? { alertId, changePct } : null;
  }
}

const returnOf = (track: Track | null, from: number, to: number): number =>
  track === null || track.leading === null ? Number.NaN : returnBetween(track.leading, from, to);
