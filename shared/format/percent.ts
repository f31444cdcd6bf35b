import { formatNumber } from './number.ts';

/** A change in per cent, always with its sign (a true minus): `+0.42%`, `−12.30%`, `0.00%`. */
export function formatPct(pct: number): string {
  const digits = formatNumber(Math.abs(pct), 2);
  const isZero = Math.abs(pct) < 0.005;
  const sign = isZero ? '' : pct > 0 ? '+' : '−';
  return `${sign}${digits}%`;
}
