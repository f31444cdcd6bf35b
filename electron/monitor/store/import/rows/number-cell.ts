import type { Cell } from '../input/row.ts';

/** Digits with a point, or with an exponent as in 1e-8. Neither signs nor separators of thousands, infinity or hexadecimal. */
const NUMBER = /^(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i;

/** The number that a cell has, from zero on; null when it has none that is finite. */
export function numberOfCell(cell: Cell): number | null {
  const number = typeof cell === 'string' ? numberOfText(cell) : Number(cell ?? Number.NaN);
  return Number.isFinite(number) && number >= 0 ? number : null;
}

function numberOfText(cell: string): number {
  const text = cell.trim();
  return NUMBER.test(text) ? Number(text) : Number.NaN;
}

export function isEmpty(cell: Cell): boolean {
  return cell === null || cell === undefined || (typeof cell === 'string' && cell.trim() === '');
}

const LONGEST_QUOTE = 40;

/** What stands in a cell, for a message. */
export function quoted(cell: Cell): string {
  const text = String(cell ?? '').replaceAll(/[\p{Cc}\s]+/gu, ' ');
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
}
