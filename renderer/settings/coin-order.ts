/** The list with one of its coins moved to another position, which is clamped to the list. */
export function moved(coins: readonly string[], from: number, to: number): readonly string[] {
  const coin = coins[from];
  if (coin === undefined) return coins;
  const rest = coins.toSpliced(from, 1);
  return rest.toSpliced(Math.max(0, Math.min(rest.length, to)), 0, coin);
}

/** The list with typed or pasted ids appended. They are separated by commas or spaces. */
export function withCoins(coins: readonly string[], typed: string): readonly string[] {
  const ids = typed
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((id) => id !== '');
  return [...new Set([...coins, ...ids])];
}
