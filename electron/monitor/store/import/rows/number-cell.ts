import type { Cell } from '../input/row.ts';

/** Digits with a decimal point or an exponent, such as 1e-8. No signs, thousands separators, infinity or hexadecimal. */
const NUMBER = /^(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i;

/** The number in a cell; null unless it is finite and not negative. */
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

/** Formats the content of a cell for a message. */
export function quoted(cell: Cell): string {
  const text = String(cell ?? '').replaceAll(/[\p{Cc}\s]+/gu, ' ');
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
}
