import { z } from 'zod';

/** A price that can be reckoned with. No coin in any currency is near the ends; beyond, a mean or a ratio could overflow. */
export const priceSchema = z.number().min(1e-30).max(1e30);

/** More than was ever issued of any coin. Beyond, a sum of amounts could overflow, and the database refuse it. */
export const MOST_PLAUSIBLE_AMOUNT = 1e30;

/** Whether a source's value can be a price at all: a finite number above zero that can be reckoned with. */
export function isPlausiblePrice(value: unknown): value is number {
  return priceSchema.safeParse(value).success;
}
