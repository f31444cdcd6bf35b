import { type Extent, priceTicks } from './price-scale.ts';

/** Multiples of a power of ten that are used as ticks, from the fewest to the most. */
const DIGITS = [[1], [1, 3], [1, 2, 5]] as const;

/**
 * Round values for a logarithmic axis, at most `maxCount` of them. If it spans a power of ten or more, these are 1, 2 and 5 times each
 * power, or fewer; otherwise, they are those of a linear axis.
 *
 * @param domain above zero
 */
export function logTicks(
  domain: Extent,
  maxCount: number,
): { readonly ticks: readonly number[]; readonly step: number } {
  const [low, high] = domain;
  if (high / low < 10) return priceTicks(domain, maxCount);
  const powers = Math.log10(high / low);
  const digits = [...DIGITS].reverse().find((one) => one.length * powers <= maxCount) ?? DIGITS[0];
  // If there are more powers than fit, only every nth has a tick.
  const every = Math.max(1, Math.ceil(powers / Math.max(1, maxCount)));
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    if (power % every !== 0) continue;
    for (const digit of digits) {
      const tick = Number(`${digit}e${power}`);
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  }
  return { ticks, step: ticks[0] ?? low };
}
