/**
 * A three-way merge of a list: without the items that either side removed, and with those that either side added. The order is that
 * of `mine`, or that of `theirs` if `mine` is unchanged. If the merged list would be empty, the result is `mine`.
 *
 * @param shown the list that both sides started from
 */
export function mergeLists<T>(shown: readonly T[], mine: readonly T[], theirs: readonly T[]): T[] {
  const [wasShown, inMine, inTheirs] = [new Set(shown), new Set(mine), new Set(theirs)];
  const isWanted = (item: T): boolean => !wasShown.has(item) || (inMine.has(item) && inTheirs.has(item));
  const isUnchanged = mine.length === shown.length && mine.every((item, index) => item === shown[index]);
  const all = isUnchanged ? [...theirs, ...mine] : [...mine, ...theirs];
  const merged = [...new Set(all)].filter(isWanted);
  return merged.length === 0 ? [...mine] : merged;
}
