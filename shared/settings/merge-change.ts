import { mergeLists } from './merge-lists.ts';

/**
 * A three-way merge: applies a change to a value that others have changed meanwhile. Parts of an object that differ from `shown` are
 * those of `mine`, the others those of `now`; lists of texts are merged by `mergeLists`. If both have changed the same part, the later
 * change, `mine`, wins.
 *
 * @param shown the value that the change started from
 * @param mine the changed value
 * @param now the current value
 */
export function mergeChange<T>(shown: T, mine: T, now: T): T {
  if (isSame(mine, shown)) return now;
  if (isSame(now, shown)) return mine;
  if (isTexts(shown) && isTexts(mine) && isTexts(now)) return mergeLists(shown, mine, now) as T;
  if (isRecord(shown) && isRecord(mine) && isRecord(now)) return mergeParts(shown, mine, now) as T;
  return mine;
}

type Parts = Readonly<Record<string, unknown>>;

/** A part that is absent is undefined; the order is that of `now`. */
function mergeParts(shown: Parts, mine: Parts, now: Parts): Parts {
  const names = new Set([...Object.keys(now), ...Object.keys(mine)]);
  const merged = [...names].map((name) => [name, mergeChange(shown[name], mine[name], now[name])]);
  return Object.fromEntries(merged.filter(([, value]) => value !== undefined));
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

const isRecord = (value: unknown): value is Parts =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Compares as JSON. Equal objects whose keys are in another order count as different, and are then merged part by part. */
const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
