const LONGEST_COIN_ID = 200;

/**
 * Whether a text can be the id of a coin at CoinGecko. Nearly all are lower case words joined by dashes. Those of names
 * that hold no Latin letter are what is left of them: `_`, `-3`. Only what no id holds is refused: a space or a comma,
 * which part ids, and other marks.
 */
export function isCoinId(text: string): boolean {
  return text.length <= LONGEST_COIN_ID && /^[\p{L}\p{M}\p{N}._-]+$/u.test(text) && !/^\.+$/.test(text);
}
