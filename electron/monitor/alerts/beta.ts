import { z } from 'zod';

const MINUTE_MS = 60_000;
/** The half-life of the weight of a return. */
const HALF_LIFE_MINUTES = 12 * 60;
/** The minimum number of returns for a meaningful beta. */
const MIN_RETURNS = 60;
/** A return over a longer gap is ignored, because it says little about returns of a minute. */
const LONGEST_GAP_MS = 10 * MINUTE_MS;

export const priceAtSchema = z.strictObject({ at: z.number(), price: z.number() });
/** A price with its time. */
export type PriceAt = Readonly<z.infer<typeof priceAtSchema>>;

export const betaSchema = z.strictObject({
  /** The first prices of the newest two minutes that had one, the newer one last. */
  firsts: z.array(priceAtSchema).max(2).readonly(),
  returns: z.number().int().nonnegative(),
  /**
   * Exponentially weighted means of products of returns of a minute: of the leading coin with itself, of both, and of the coin
   * with itself.
   */
  leading: z.number(),
  both: z.number(),
  own: z.number(),
});
/** How a coin moves with a leading one, as plain JSON. */
export type Beta = Readonly<z.infer<typeof betaSchema>>;

export const startBeta = (): Beta => ({ firsts: [], returns: 0, leading: 0, both: 0, own: 0 });

/**
 * Adds the first price of a minute. It uses the return between the two prices before it: by now the leading coin's prices of that
 * time are known, whichever coin's prices arrive first. A return over several minutes counts as one, scaled to the variance of a
 * minute.
 *
 * @param leadingReturn the logarithmic return of the leading coin between two times; NaN if it is unknown
 */
export function withFirst(
  beta: Beta,
  first: PriceAt,
  leadingReturn: (from: number, to: number) => number,
): Beta {
  const [before, newest] = beta.firsts.length === 2 ? beta.firsts : [undefined, beta.firsts[0]];
  const firsts = newest === undefined ? [first] : [newest, first];
  if (before === undefined || newest === undefined) return { ...beta, firsts };
  const passedMs = newest.at - before.at;
  const x = passedMs > LONGEST_GAP_MS ? Number.NaN : leadingReturn(before.at, newest.at);
  if (Number.isNaN(x)) return { ...beta, firsts };
  const y = Math.log(newest.price / before.price);
  const minutes = passedMs / MINUTE_MS;
  const returns = beta.returns + 1;
  // The first returns have equal weights, so that the initial zeros do not bias the means.
  const weight = Math.max(1 - 2 ** (-minutes / HALF_LIFE_MINUTES), 1 / returns);
  const mean = (known: number, product: number): number => known + weight * (product / minutes - known);
  return {
    firsts,
    returns,
    leading: mean(beta.leading, x * x),
    both: mean(beta.both, x * y),
    own: mean(beta.own, y * y),
  };
}

/**
 * How much the coin moves with the leading one, and the standard deviation of the residual of a minute's return. The regression
 * is through the origin, because the mean return of a minute is close to zero. Null while there are too few returns.
 */
export function fitOf({ returns, leading, both, own }: Beta): {
  readonly beta: number;
  readonly deviation: number;
} | null {
  if (returns < MIN_RETURNS) return null;
  const beta = leading === 0 ? 0 : both / leading;
  return { beta, deviation: Math.sqrt(Math.max(0, own - beta * both)) };
}
