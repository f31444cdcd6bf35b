import type { StagedTick } from './staged-ticks.ts';

/** A stored tick: its time in microseconds since the epoch, and the values by which it is compared. */
export type StoredTick = { readonly at: number; readonly price: number; readonly amount: number | null };

/** A tick with the microsecond at which it is stored. */
export type PlacedTick = { readonly at: number; readonly tick: StagedTick };

export type Placement = {
  readonly placed: readonly PlacedTick[];
  /** The number of ticks that are stored already or occur more than once in the input. */
  readonly repeated: number;
  /** Ticks for which no microsecond is left. */
  readonly crowded: readonly StagedTick[];
};

/**
 * Determines which ticks of a group are new, and assigns each of them a distinct microsecond as its key: exchanges make many
 * trades within one millisecond, and all of them count.
 *
 * Two trades with the same time, price and amount are two trades, as on the exchange. If as many are stored already, they are
 * repetitions, whichever microseconds they have. A file can therefore be imported again, and files may overlap. Trades with the
 * same number are one trade, and so are equal prices without an amount.
 *
 * @param ticks the ticks of one group, in order
 * @param stored the ticks of the database in the time of the group
 * @param start the first microsecond of the group
 */
export function placeTicks(
  ticks: readonly StagedTick[],
  stored: readonly StoredTick[],
  start: number,
  lengthUs: number,
): Placement {
  const [only] = ticks;
  // The common case.
  if (ticks.length === 1 && stored.length === 0 && only !== undefined)
    return { placed: [{ at: only.at, tick: only }], repeated: 0, crowded: [] };
  const distinct = withoutRepetitions(ticks);
  const fresh = stored.length === 0 ? distinct : withoutStored(distinct, stored);
  return { ...placeFresh(fresh, stored, start, lengthUs), repeated: ticks.length - fresh.length };
}

/** The ticks that occur more often than they are stored. */
function withoutStored(ticks: readonly StagedTick[], stored: readonly StoredTick[]): readonly StagedTick[] {
  const known = new Map<string, number>();
  for (const each of stored) known.set(keyOf(each), (known.get(keyOf(each)) ?? 0) + 1);
  return ticks.filter((tick) => {
    const key = keyOf(tick);
    const count = known.get(key) ?? 0;
    if (count > 0) known.set(key, count - 1);
    return count === 0;
  });
}

function placeFresh(
  ticks: readonly StagedTick[],
  stored: readonly StoredTick[],
  start: number,
  lengthUs: number,
): Omit<Placement, 'repeated'> {
  const end = start + lengthUs;
  const used = new Set(stored.map(({ at }) => at));
  const placed: PlacedTick[] = [];
  const crowded: StagedTick[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const tick of ticks) {
    let at: number | null = Math.max(tick.at, last + 1);
    while (at < end && used.has(at)) at += 1;
    // There may be no microsecond left at the end of the group, but earlier ones.
    if (at >= end) at = freeBefore(tick.at, used, placed, start);
    if (at === null) {
      crowded.push(tick);
      continue;
    }
    last = Math.max(last, at);
    placed.push({ at, tick });
  }
  return { placed, crowded };
}

function freeBefore(
  from: number,
  stored: ReadonlySet<number>,
  placed: readonly PlacedTick[],
  start: number,
): number | null {
  const used = new Set(placed.map(({ at }) => at));
  for (let at = from; at >= start; at -= 1) if (!used.has(at) && !stored.has(at)) return at;
  return null;
}

function keyOf({ price, amount }: StoredTick): string {
  return `${price} ${amount}`;
}

/** The ticks are sorted, so repetitions of a trade are adjacent. */
function withoutRepetitions(ticks: readonly StagedTick[]): readonly StagedTick[] {
  if (ticks.length === 1) return ticks;
  let prices: Set<string> | null = null;
  return ticks.filter((tick, index) => {
    if (tick.id !== null) {
      const previous = ticks[index - 1];
      return previous?.id !== tick.id || previous.at !== tick.at || previous.price !== tick.price;
    }
    if (tick.amount !== null) return true;
    prices ??= new Set();
    const key = `${tick.at} ${tick.price}`;
    if (prices.has(key)) return false;
    prices.add(key);
    return true;
  });
}
