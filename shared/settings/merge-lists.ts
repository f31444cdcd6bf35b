/**
 * A list that two people have changed at the same time, as both want it: without what either has removed, and with what either
 * has added. The order is that of `mine`, unless it is unchanged. A merge never empties a list: the result is then `mine`.
 *
 * @param shown what both began with
 */
export function mergeLists<T>(shown: readonly T[], mine: readonly T[], theirs: readonly T[]): T[] {
  const [wasShown, inMine, inTheirs] = [new Set(shown), new Set(mine), new Set(theirs)];
  const isWanted = (item: T): boolean => !wasShown.has(item) || (inMine.has(item) && inTheirs.has(item));
  const isUnchanged = mine.length === shown.length && mine.every((item, index) => item === shown[index]);
  const all = isUnchanged ? [...theirs, ...mine] : [...mine, ...theirs];
  const merged = [...new Set(all)].filter(isWanted);
  return merged.length === 0 ? [...mine] : merged;
}
