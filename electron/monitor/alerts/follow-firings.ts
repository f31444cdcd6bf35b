import { isDeepStrictEqual } from 'node:util';
import { type Alert, isResolvedEvent, type ResolvedAlert } from '../../../shared/domain/alert.ts';
import type { EndReason } from '../../../shared/domain/resolution.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import { selectPast } from './coin-plan.ts';
import { withRaised } from './cooldown.ts';
import { extremeOf, type Firing, firingOf, isBeyond, resolved, withoutAlert } from './firings.ts';
import type { TrackMemory } from './memory/track-memory.ts';
import { NONE_RAISED } from './raise-alerts.ts';
import { CALM, DOWN, HOLDS, NEAR, UP } from './rules/rule-kind.ts';
import { ALL_SOURCES, type Coin, isSameTrack, type Track, type Tracks } from './tracks.ts';

/** A source silent this long cannot end a firing. */
const SILENT_MS = 15 * 60_000;
/** The number of alerts that stay open in a firing that lasts for months, with a small ratchet. */
const MAX_OPEN_ALERTS = 50;
const LONGEST_COOLDOWN_MS = 24 * 60 * 60_000;

/** Follows firings, from their first alert to the end. */
export type Following = {
  /**
   * Begins a firing with an alert that its tick, the newest of the track, has raised; or adds the alert to the current firing. If
   * there are many, the oldest alerts are resolved.
   */
  fire(track: Track, alert: Alert): void;
  /** Ends firings with a tick that was stepped, or records its price as their extreme. */
  follow(track: Track, tick: Tick, isNew: boolean): void;
  /** Ends firings after a step without a new price: the price of `now` was already processed. */
  followTime(track: Track, now: Tick): void;
  /** See `AlertEngine`. */
  note(alert: Alert): void;
};

export type FollowingOptions = {
  readonly memory: TrackMemory;
  readonly tracks: Tracks;
  /** The cooldown of the rule with this id; undefined if it does not exist. */
  readonly cooldownMsOf: (ruleId: string) => number | undefined;
  readonly onResolved: (event: ResolvedAlert) => void;
};

export function createFollowing({ memory, tracks, cooldownMsOf, onResolved }: FollowingOptions): Following {
  /** Adds a raised alert to the current firing, or begins one. Returns the firing. */
  const add = (track: Track, alert: Alert): Firing => {
    const { coin, plan, place } = track;
    const index = ruleOf(track, alert);
    const rule = plan.rules[index];
    // A firing of an earlier version of the rule ends with the next tick.
    const side = rule === undefined ? CALM : memory.firing(plan.layout, place, index);
    const firing = firingOf(alert, { fingerprint: rule?.fingerprint ?? '', source: track.source, side });
    const isSameFiring = (one: Firing): boolean =>
      isSameTrack(one, track) && one.rule === rule?.id && one.fingerprint === rule.fingerprint;
    const known = coin.firings.find(isSameFiring);
    const others = coin.firings.filter((one) => one !== known);
    const next = known ? { ...known, alerts: [...known.alerts, alert] } : firing;
    tracks.setFirings(alert.coinId, [...others, next]);
    return next;
  };

  const fire = (track: Track, alert: Alert): void => {
    const firing = add(track, alert);
    const old = firing.alerts.slice(0, -MAX_OPEN_ALERTS);
    if (old.length === 0) return;
    for (const event of resolved({ ...firing, alerts: old }, alert, 'followed')) onResolved(event);
    const bounded = { ...firing, alerts: firing.alerts.slice(-MAX_OPEN_ALERTS) };
    tracks.setFirings(
      alert.coinId,
      track.coin.firings.map((one) => (one === firing ? bounded : one)),
    );
  };

  /** Why a firing ends with a tick that was stepped; null while it continues. */
  const endOf = (firing: Firing, track: Track, tick: Tick): EndReason | null => {
    const { plan, place } = track;
    const index = plan.rules.findIndex(({ id }) => id === firing.rule);
    const rule = plan.rules[index];
    if (rule?.fingerprint !== firing.fingerprint) return 'rule-changed';
    const { side } = memory.conditionState(plan.layout, place, index);
    if (isSameTrack(firing, track)) return side === firing.side ? null : side === 0 ? 'over' : 'reversed';
    // Its own source has fallen silent: another one may end it.
    const own = [...tracks.of(tick.coinId)].find((one) => isSameTrack(firing, one));
    const isSilent =
      own === undefined ||
      tick.observedAt - memory.newestAt(own.place) > Math.max(rule.cooldownMs, SILENT_MS);
    return isSilent && side === 0 ? 'over' : null;
  };

  /**
   * Restores the state of a rule whose alert a replayed tick raised: the rule existed before that tick, and the alert may have
   * been raised immediately.
   */
  const stepAgain = (track: Track, alert: Alert): void => {
    const { plan, place, firstState } = track;
    const index = ruleOf(track, alert);
    const rule = plan.rules[index];
    if (rule === undefined || !track.made?.includes(index)) return;
    track.made = track.made.filter((one) => one !== index);
    if (memory.conditionState(plan.layout, place, index).side !== CALM) return;
    const tick = { ...alert, volume24h: null, amount: null, marketCap: null, change24hPct: null };
    const side = rule.cross?.(tracks.states[firstState + index], tick) ?? NEAR;
    if (side === NEAR || side === CALM) return;
    memory.hold(plan.layout, place, index, side);
    memory.fire(plan.layout, place, index);
  };

  /** Begins the firing of an alert that a replayed tick, or time, has raised; one that is older than its track is known. */
  const noteFiring = (coin: Coin, alert: Alert): void => {
    const whole = coin.whole?.track ?? null;
    const index = whole === null ? -1 : ruleOf(whole, alert);
    if (whole === null || index < 0) {
      const track = tracks.find(alert);
      if (track === null || memory.newestAt(track.place) !== alert.observedAt) return;
      stepAgain(track, alert);
      add(track, alert);
      return;
    }
    if (whole.vsCurrency !== alert.vsCurrency || memory.newestAt(whole.place) > alert.observedAt) return;
    // Beats are not replayed.
    const { layout } = whole.plan;
    const side = alert.direction === null ? HOLDS : alert.direction === 'up' ? UP : DOWN;
    memory.hold(layout, whole.place, index, side);
    memory.fire(layout, whole.place, index);
    add(whole, alert);
  };

  const follow = (track: Track, tick: Tick, isNew: boolean, hasPrice: boolean): void => {
    const { coin, plan, firstState } = track;
    let { firings } = coin;
    const isOfWhole = (source: string): boolean => source === ALL_SOURCES;
    for (const firing of coin.firings) {
      if (isOfWhole(firing.source) !== isOfWhole(track.source)) continue;
      const reason = endOf(firing, track, tick);
      if (reason !== null) {
        // During a replay, the log records changes of rules.
        if (!isNew && reason === 'rule-changed') continue;
        firings = firings.filter((one) => one !== firing);
        if (isNew) for (const event of resolved(firing, tick, reason)) onResolved(event);
      } else if (hasPrice && isSameTrack(firing, track) && isBeyond(firing, tick.price)) {
        const index = plan.rules.findIndex(({ id }) => id === firing.rule);
        selectPast(memory, plan, track.place, index);
        const figures = plan.rules[index]?.figures(tracks.states[firstState + index], tick) ?? {};
        const extreme = extremeOf(tick, figures);
        firings = firings.map((one) => (one === firing ? { ...firing, extreme } : one));
      }
    }
    if (firings !== coin.firings) tracks.setFirings(tick.coinId, firings);
  };

  return {
    fire,
    follow: (track, tick, isNew) => follow(track, tick, isNew, true),
    followTime: (track, now) => follow(track, now, true, false),
    note(alert) {
      const coin = tracks.coin(alert.coinId);
      if (isResolvedEvent(alert)) {
        const { alertId } = alert.resolution;
        if (!coin.firings.some(({ alerts }) => alerts.some(({ id }) => id === alertId))) return;
        const firings = coin.firings.flatMap((firing) => withoutAlert(firing, alertId) ?? []);
        tracks.setFirings(alert.coinId, firings);
        return;
      }
      const before = coin.raised.get(alert.rule) ?? NONE_RAISED;
      if (!before.some(({ id }) => id === alert.id)) noteFiring(coin, alert);
      const cooldownMs = cooldownMsOf(alert.rule) ?? LONGEST_COOLDOWN_MS;
      coin.raised.set(alert.rule, withRaised(before, alert, cooldownMs));
    },
  };
}

/** The number of the rule that raised an alert if it is still the same rule; -1 otherwise. */
const ruleOf = ({ plan }: Track, alert: Alert): number =>
  plan.rules.findIndex(({ id, params }) => id === alert.rule && isDeepStrictEqual(params, alert.params));
