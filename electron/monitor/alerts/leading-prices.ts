import { z } from 'zod';
import { type PriceAt, priceAtSchema } from './beta.ts';

const MINUTE_MS = 60_000;
/** Returns are looked up within this many minutes with a price. */
const KEPT = 32;

export const leadingPricesSchema = z.strictObject({
  /** The newest price. */
  last: priceAtSchema,
  /** The first prices of the newest minutes, oldest first. */
  firsts: z.array(priceAtSchema).readonly(),
});
/** Prices of the leading coin from one source, as plain JSON. */
export type LeadingPrices = Readonly<z.infer<typeof leadingPricesSchema>>;

export const withLeadingFirst = (firsts: readonly PriceAt[], first: PriceAt): readonly PriceAt[] =>
  [...firsts, first].slice(-KEPT);

/**
 * The logarithmic return between two times, from the prices that are nearest to them. NaN if one is a minute away or more, or if
 * the same price is nearest to both.
 */
export function returnBetween({ firsts }: LeadingPrices, from: number, to: number): number {
  const [before, after] = [nearest(firsts, from), nearest(firsts, to)];
  if (before === null || after === null || before === after) return Number.NaN;
  return Math.log(after.price / before.price);
}

/** Searched from the newest, because the match is mostly among the newest. */
function nearest(firsts: readonly PriceAt[], at: number): PriceAt | null {
  let found: PriceAt | null = null;
  let distance = MINUTE_MS;
  for (let index = firsts.length - 1; index >= 0; index--) {
    const one = firsts[index];
    if (one === undefined || one.at <= at - distance) break;
    if (Math.abs(one.at - at) >= distance) continue;
    found = one;
    distance = Math.abs(one.at - at);
  }
  return found;
}
