import { z } from 'zod';

/**
 * A price within the range of safe arithmetic. No coin in any currency is near the ends; beyond them, a mean or a
 * ratio could overflow.
 */
export const priceSchema = z.number().min(1e-30).max(1e30);

/**
 * More than was ever issued of any coin. Above this, a sum of amounts could overflow and the database would reject
 * it.
 */
export const MAX_PLAUSIBLE_AMOUNT = 1e30;

/** Whether a value of a source can be a price: a finite number above zero within `priceSchema`. */
export function isPlausiblePrice(value: unknown): value is number {
  return priceSchema.safeParse(value).success;
}
