/** No coin in any currency is near these. Beyond, a mean or a ratio of prices could overflow. */
export const LEAST_PLAUSIBLE_PRICE = 1e-30;
export const MOST_PLAUSIBLE_PRICE = 1e30;

/** More than was ever issued of any coin. Beyond, a sum of amounts could overflow, and the database refuse it. */
export const MOST_PLAUSIBLE_AMOUNT = 1e30;

/** Whether a source's value can be a price at all: a finite number above zero that can be reckoned with. */
export function isPlausiblePrice(value: unknown): value is number {
  return typeof value === 'number' && value >= LEAST_PLAUSIBLE_PRICE && value <= MOST_PLAUSIBLE_PRICE;
}
