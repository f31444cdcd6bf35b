import { type Extent, priceTicks } from './price-scale.ts';

/** Of a power of ten, from the roundest. */
const DIGITS = [[1], [1, 3], [1, 2, 5]] as const;

/**
 * Round values for a logarithmic axis, at most `most` of them: over more than a power of ten 1, 2 and 5 of each power (or
 * fewer of them), below that as on a linear axis.
 *
 * @param domain above zero
 */
export function logTicks(
  domain: Extent,
  most: number,
): { readonly ticks: readonly number[]; readonly step: number } {
  const [low, high] = domain;
  if (high / low < 10) return priceTicks(domain, most);
  const powers = Math.log10(high / low);
  const digits = [...DIGITS].reverse().find((one) => one.length * powers <= most) ?? DIGITS[0];
  // With more powers than fit, only every nth is marked.
  const every = Math.max(1, Math.ceil(powers / Math.max(1, most)));
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
