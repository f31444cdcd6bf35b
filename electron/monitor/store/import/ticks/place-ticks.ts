import type { StagedTick } from './staged-ticks.ts';

/** A tick that is stored: its time in microseconds since the epoch, and what tells it from others of that time. */
export type StoredTick = { readonly at: number; readonly price: number; readonly amount: number | null };

/** A tick with the microsecond under which it is stored. */
export type PlacedTick = { readonly at: number; readonly tick: StagedTick };

export type Placement = {
  readonly placed: readonly PlacedTick[];
  /** How many are stored already, or stand in the input twice. */
  readonly repeated: number;
  /** Those for which there is no microsecond left. */
  readonly crowded: readonly StagedTick[];
};

/**
 * Finds out which ticks of a group are new, and gives each of them a microsecond of its own, by which it can be told from the
 * others: exchanges make many trades within one millisecond, and all of them count.
 *
 * Two trades with the same time, price and amount are two trades, as they are on the exchange; when as many are stored, they are
 * repetitions, whatever microsecond each was given. So a file can be imported again, or one that overlaps with it. Trades with the
 * same number are one trade, and so are prices without an amount that are equal: a price does not get truer by being said twice.
 *
 * @param ticks of one group, in order
 * @param stored what the database has of the time of the group
 * @param start the first microsecond of the group
 */
export function placeTicks(
  ticks: readonly StagedTick[],
  stored: readonly StoredTick[],
  start: number,
  lengthUs: number,
): Placement {
  const known = new Map<string, number>();
  for (const each of stored) known.set(keyOf(each), (known.get(keyOf(each)) ?? 0) + 1);
  const distinct = withoutRepetitions(ticks);
  const fresh: StagedTick[] = [];
  for (const tick of distinct) {
    const count = known.get(keyOf(tick)) ?? 0;
    if (count > 0) known.set(keyOf(tick), count - 1);
    else fresh.push(tick);
  }
  const used = new Set(stored.map(({ at }) => at));
  const placed: PlacedTick[] = [];
  const crowded: StagedTick[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const tick of fresh) {
    const at = freePlace(used, Math.max(tick.at, last + 1), tick.at, start, start + lengthUs);
    if (at === null) {
      crowded.push(tick);
      continue;
    }
    used.add(at);
    last = Math.max(last, at);
    placed.push({ at, tick });
  }
  return { placed, repeated: ticks.length - fresh.length, crowded };
}

function keyOf({ price, amount }: StoredTick): string {
  return `${price} ${amount}`;
}

function withoutRepetitions(ticks: readonly StagedTick[]): readonly StagedTick[] {
  if (ticks.length === 1) return ticks;
  const seen = new Set<string>();
  return ticks.filter((tick) => {
    if (tick.id === null && tick.amount !== null) return true;
    const key = tick.id === null ? `${tick.at} ${tick.price}` : `${tick.at} ${tick.price} #${tick.id}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** The first free microsecond after those before it; one before it where the group is full up to its end. */
function freePlace(
  used: ReadonlySet<number>,
  from: number,
  own: number,
  start: number,
  end: number,
): number | null {
  for (let at = from; at < end; at++) if (!used.has(at)) return at;
  for (let at = Math.min(own, end - 1); at >= start; at--) if (!used.has(at)) return at;
  return null;
}
