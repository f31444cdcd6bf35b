import { z } from 'zod';
import type { Tick } from '../../../shared/domain/tick.ts';
import { coinStateSchema } from '../alerts/coin-state.ts';
import { quoteStateSchema } from '../latest/quote-state.ts';

/** The state of the alert engine and the quotes for one coin, as plain JSON. */
export const savedCoinSchema = z.strictObject({
  /** Incremented when the shape changes; states of another version are replayed instead. */
  version: z.literal(1),
  engine: coinStateSchema.nullable(),
  quote: quoteStateSchema.nullable(),
});
export type SavedCoin = Readonly<z.infer<typeof savedCoinSchema>>;

/** Whether the saved state of a coin contains a time after an instant, and so a future timestamp. */
export function isLaterThan({ engine, quote }: SavedCoin, instant: number): boolean {
  const times = [
    ...(engine?.tracks.map(({ prices }) => prices.newestAt) ?? []),
    ...Object.values(engine?.raised ?? {}).flatMap((raised) => raised.map(({ observedAt }) => observedAt)),
    quote?.tick?.observedAt ?? 0,
    quote?.reference?.observedAt ?? 0,
  ];
  return times.some((time) => time > instant);
}

/** The rules to be rebuilt by replay, by source. */
export type RulesBySource = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * The saved state without what some rules know of some sources. A rule that has raised nothing, and has forgotten all of its
 * sources, counts as new.
 */
export function withoutRules(saved: SavedCoin, forgotten: RulesBySource): SavedCoin {
  const { engine } = saved;
  if (engine === null) return saved;
  const { raised } = engine;
  const isForgotten = (source: string, id: string): boolean => forgotten.get(source)?.has(id) ?? false;
  const isMade = (id: string): boolean =>
    (raised[id] ?? []).length === 0 && engine.tracks.every(({ source }) => isForgotten(source, id));
  return {
    ...saved,
    engine: {
      ...engine,
      rules: withoutKeys(engine.rules, isMade),
      tracks: engine.tracks.map((track) => ({
        ...track,
        rules: withoutKeys(track.rules, (id) => isForgotten(track.source, id)),
      })),
    },
  };
}

const withoutKeys = <Value>(
  record: Readonly<Record<string, Value>>,
  isLeftOut: (key: string) => boolean,
): Record<string, Value> => Object.fromEntries(Object.entries(record).filter(([key]) => !isLeftOut(key)));

/** Whether the saved state of a coin includes a tick: it, or a newer one of its track, was already stepped. */
export function knowsTick({ engine }: SavedCoin, tick: Tick): boolean {
  const track = engine?.tracks.find(
    ({ vsCurrency, source }) => vsCurrency === tick.vsCurrency && source === tick.source,
  );
  return track !== undefined && tick.observedAt <= track.prices.newestAt;
}
