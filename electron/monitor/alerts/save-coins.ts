import type { BoundRule } from './bound-rule.ts';
import { rulesOf } from './coin-plan.ts';
import type { CoinState, SavedWhole, TrackState } from './coin-state.ts';
import type { Firing } from './firings.ts';
import type { TrackMemory } from './memory/track-memory.ts';
import { type Coin, isSameTrack, type Track, type Tracks, type Whole } from './tracks.ts';

const MINUTE_MS = 60_000;

/** Saves and restores the states of coins: see `AlertEngine`. */
export type SavedCoins = {
  save(coinId: string): CoinState | null;
  restore(coinId: string, saved: CoinState): void;
};

/** @param leadingCoin see `InhibitionParams`; null if no alert is inhibited */
export function createSavedCoins(
  memory: TrackMemory,
  tracks: Tracks,
  leadingCoin: string | null,
): SavedCoins {
  const saveTrack = ({ plan, vsCurrency, source, place, firstState, made, ...track }: Track): TrackState => ({
    vsCurrency,
    source,
    prices: memory.save(plan.layout, place),
    extremes: memory.saveExtremes(plan.layout, place),
    rules: Object.fromEntries(
      plan.rules.map(({ id }, index) => {
        const { calmAt, ...conditionState } = memory.conditionState(plan.layout, place, index);
        // A copy: the rule continues to change its state.
        const state: unknown = structuredClone(tracks.states[firstState + index]);
        const isUnstepped = made?.includes(index) ?? false;
        const seenFrom = finiteOrNull(track.seenFrom[index]);
        return [id, { calmAt: finiteOrNull(calmAt), ...conditionState, isUnstepped, seenFrom, state }];
      }),
    ),
    ...(track.beta !== null && { beta: track.beta }),
    ...(track.leading !== null && { leading: track.leading }),
  });

  const saveWhole = ({ track, last }: Whole): SavedWhole => ({ last, track: saveTrack(track) });

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
      track.seenFrom[index] = known.seenFrom ?? Number.NEGATIVE_INFINITY;
      memory.setConditionState(layout, place, index, {
        ...known,
        calmAt: known.calmAt ?? Number.NEGATIVE_INFINITY,
      });
      tracks.states[firstState + index] = rule.read(known.state) ?? rule.start();
    }
    if (made.length > 0) track.made = made;
    if (leadingCoin === null) return;
    track.beta = saved.beta ?? replayed?.beta ?? null;
    track.leading = saved.leading ?? replayed?.leading ?? null;
    track.minute = minuteOf(track);
  };

  return {
    save(coinId) {
      const coin = tracks.knownCoin(coinId);
      if (coin === undefined) return null;
      return {
        rules: Object.fromEntries(rulesOf(coin.plan).map(({ id, fingerprint }) => [id, fingerprint])),
        tracks: [...tracks.of(coinId)].map(saveTrack),
        ...(coin.whole !== null && { whole: saveWhole(coin.whole) }),
        ...(leadingCoin !== null && { leadingCoin }),
        raised: Object.fromEntries(coin.raised),
        firings: coin.firings,
      };
    },
    restore(coinId, saved) {
      const coin = tracks.coin(coinId);
      const replayed = [...tracks.of(coinId)].map(saveTrack);
      const replayedWhole = coin.whole === null ? null : saveWhole(coin.whole);
      const rules = rulesOf(coin.plan);
      const isMade = ({ id, fingerprint }: BoundRule): boolean => saved.rules[id] !== fingerprint;
      restoreRaised(coin, saved);
      // A rule that raises only one alert may raise another one when its condition has changed.
      for (const rule of rules) if (rule.isOnce && isMade(rule)) coin.raised.delete(rule.id);
      tracks.drop(coinId);
      const known = withoutOthers(saved, rules, leadingCoin);
      const restore = (track: TrackState, before: TrackState | null): void =>
        restoreTrack(tracks.add({ coinId, ...track }, track.prices.newestAt), track, before, isMade);
      for (const track of known.tracks) {
        restore(track, replayed.find((one) => isSameTrack(one, track)) ?? null);
      }
      for (const track of replayed) {
        if (!saved.tracks.some((one) => isSameTrack(one, track))) restore(track, null);
      }
      tracks.setFirings(coinId, [...saved.firings, ...unsavedFirings(coin, saved)]);
      const whole = known.whole ?? replayedWhole;
      if (whole === null || coin.plan.whole.rules.length === 0) return;
      const { track } = tracks.whole(coin, whole.last);
      const isReplayed = replayedWhole !== null && isSameTrack(replayedWhole.track, whole.track);
      restoreTrack(track, whole.track, isReplayed ? replayedWhole.track : null, isMade);
    },
  };
}

const finiteOrNull = (number = Number.NaN): number | null => (Number.isFinite(number) ? number : null);

function restoreRaised({ raised }: Coin, saved: CoinState): void {
  for (const [rule, alerts] of Object.entries(saved.raised)) {
    // Alerts that were noted during the replay may be newer than the saved ones.
    const savedAt = Math.max(...alerts.map(({ observedAt }) => observedAt));
    const newer = raised.get(rule)?.filter(({ observedAt }) => observedAt > savedAt) ?? [];
    raised.set(rule, [...alerts, ...newer]);
  }
}

/** Firings of tracks that were not saved. */
function unsavedFirings({ firings }: Coin, { tracks, whole }: CoinState): readonly Firing[] {
  const saved = [...tracks, ...(whole === undefined ? [] : [whole.track])];
  return firings.filter((firing) => !saved.some((track) => isSameTrack(firing, track)));
}

/** The saved state without rules that have changed, and without what was learned from another leading coin. */
function withoutOthers(saved: CoinState, rules: readonly BoundRule[], leadingCoin: string | null): CoinState {
  const isKnown = (id: string): boolean =>
    rules.some((rule) => rule.id === id && rule.fingerprint === saved.rules[id]);
  const knownOf = ({ beta, leading, ...track }: TrackState): TrackState => ({
    ...track,
    ...(saved.leadingCoin === leadingCoin && beta !== undefined && { beta }),
    ...(saved.leadingCoin === leadingCoin && leading !== undefined && { leading }),
    rules: Object.fromEntries(Object.entries(track.rules).filter(([id]) => isKnown(id))),
  });
  const { tracks, whole } = saved;
  return {
    ...saved,
    tracks: tracks.map(knownOf),
    ...(whole !== undefined && { whole: { ...whole, track: knownOf(whole.track) } }),
  };
}

/** The minute of a track's newest price that was the first of its minute. */
function minuteOf({ beta, leading }: Track): number {
  const newest = (beta ?? leading)?.firsts.at(-1);
  return newest === undefined ? -1 : Math.floor(newest.at / MINUTE_MS);
}
