import { type Message, message } from '../../../../../shared/messages/message.ts';
import type { Cell } from '../input/row.ts';
import { isEmpty, numberOfCell, quoted } from '../rows/number-cell.ts';
import type { TimeCheck } from '../rows/time-check.ts';
import type { StagedTick } from './staged-ticks.ts';
import type { TickColumns } from './tick-columns.ts';

/** Parses a tick; returns what is wrong with the row when it is invalid. */
export type ReadTick = (line: number, cells: readonly Cell[]) => StagedTick | Message;

/**
 * @param sourceOf returns the number of a source; files without a column of sources have source 0
 * @param isKept returns the reason why a tick of this source and time (ms) cannot be stored, or null
 */
export function createReadTick(
  columns: TickColumns,
  times: TimeCheck,
  sourceOf: (name: string) => number,
  isRefused: (source: number, at: number) => Message | null,
): ReadTick {
  return (line, cells) => {
    const at = times.read(cells[columns.time], line);
    if (typeof at !== 'number') return at;
    const price = numberOfCell(cells[columns.price]);
    if (price === null || price === 0)
      return message('import.no-price', { text: quoted(cells[columns.price]) });
    const amount = optional(cells, columns.volume);
    const volume24h = optional(cells, columns.volume24h);
    const marketCap = optional(cells, columns.marketCap);
    for (const [value, column] of [
      [amount, columns.volume],
      [volume24h, columns.volume24h],
      [marketCap, columns.marketCap],
    ] as const)
      if (value === undefined) return message('import.no-amount', { text: quoted(cells[column]) });
    const name = columns.source === -1 ? '' : String(cells[columns.source] ?? '');
    if (columns.source !== -1 && name === '') return message('import.no-source');
    const source = columns.source === -1 ? 0 : sourceOf(name);
    const refusal = isRefused(source, at / 1_000);
    if (refusal !== null) return refusal;
    return {
      line,
      at,
      price,
      amount: amount ?? null,
      volume24h: volume24h ?? null,
      marketCap: marketCap ?? null,
      source,
      id: columns.id === -1 ? null : idOf(cells[columns.id]),
    };
  };
}

/** Null when the cell is empty; undefined when it is not an amount. */
function optional(cells: readonly Cell[], column: number): number | null | undefined {
  const cell = column === -1 ? null : cells[column];
  return isEmpty(cell) ? null : (numberOfCell(cell) ?? undefined);
}

/** Numbers are compared as numbers, other ids as text. */
function idOf(cell: Cell): number | string | null {
  if (isEmpty(cell)) return null;
  const number = Number(cell);
  return Number.isSafeInteger(number) ? number : String(cell);
}
