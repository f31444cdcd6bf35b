import { message } from '../../../../../shared/messages/message.ts';
import type { Row, Table } from './row.ts';
import { type Lines, LONGEST_LINE } from './text-lines.ts';

/** Comments at the beginning; files of CryptoDataDownload begin with the address of the site. */
const COMMENT = /^\s*"?(#|https?:\/\/|(www\.)?cryptodatadownload\.com)/i;
const NUMBER_OR_TIME = /^\s*"?[+-]?(\d|\.\d)/;

/** Splits a line into cells (RFC 4180); null when its quotes do not match. */
function csvCells(line: string): string[] | null {
  if (!line.includes('"')) return line.split(',');
  const cells: string[] = [];
  for (let at = 0; ; ) {
    if (line[at] === '"') {
      let cell = '';
      for (let from = at + 1; ; ) {
        const quote = line.indexOf('"', from);
        if (quote === -1) return null;
        cell += line.slice(from, quote);
        if (line[quote + 1] !== '"') {
          at = quote + 1;
          break;
        }
        cell += '"';
        from = quote + 2;
      }
      cells.push(cell);
    } else {
      const comma = line.indexOf(',', at);
      const end = comma === -1 ? line.length : comma;
      const cell = line.slice(at, end);
      if (cell.includes('"')) return null;
      cells.push(cell);
      at = end;
    }
    if (at >= line.length) return cells;
    if (line[at] !== ',') return null;
    at += 1;
  }
}

/** A header contains only names, no numbers or times. */
function isHeader(cells: readonly string[]): boolean {
  return cells.some((cell) => /[a-z]/i.test(cell)) && !cells.some((cell) => NUMBER_OR_TIME.test(cell));
}

/** Reads the header of a CSV table, if it has one, and returns the table. */
export async function csvTable(lines: AsyncGenerator<Lines>): Promise<Table> {
  const rows = csvRows(lines);
  const ahead: Row[] = [];
  let names: readonly string[] | null = null;
  let first: readonly string[] | null = null;
  let isOver = false;
  while (first === null && !isOver) {
    const { value, done } = await rows.next();
    isOver = done === true;
    for (const row of value ?? []) {
      if (first === null && row.cells !== undefined) {
        const cells = row.cells as readonly string[];
        if (names === null && ahead.length === 0 && isHeader(cells)) {
          names = cells;
          continue;
        }
        first = cells;
      }
      ahead.push(row);
    }
  }
  return {
    format: 'csv',
    names,
    first,
    rows: (async function* () {
      const width = names?.length ?? first?.length ?? 0;
      yield checked(ahead, width);
      for await (const batch of rows) yield checked(batch, width);
    })(),
  };
}

/** Rejects rows with another number of cells than the first: they are truncated or have an extra comma. */
function checked(rows: readonly Row[], width: number): readonly Row[] {
  return rows.map((row) =>
    row.cells === undefined || row.cells.length === width
      ? row
      : {
          line: row.line,
          fault: message('import.other-width', { found: row.cells.length, expected: width }),
        },
  );
}

async function* csvRows(batches: AsyncIterable<Lines>): AsyncGenerator<Row[]> {
  let mayBeComment = true;
  /** A quoted cell that continues on the next line, because it contains a line break. */
  let open: { readonly line: number; readonly text: string } | null = null;
  for await (const { first, lines } of batches) {
    const rows: Row[] = [];
    for (const [index, line] of lines.entries()) {
      const number = first + index;
      if (line === null) {
        rows.push({ line: number, fault: message('import.line-too-long', { most: LONGEST_LINE }) });
        open = null;
        continue;
      }
      if (open !== null) {
        const text: string = `${open.text}\n${line}`;
        const cells = csvCells(text);
        if (cells !== null) rows.push({ line: open.line, cells });
        if (cells !== null || text.length > LONGEST_OPEN) {
          if (cells === null) rows.push({ line: open.line, fault: message('import.quotes') });
          open = null;
        } else open = { line: open.line, text };
        continue;
      }
      if (line.trim() === '') continue;
      if (mayBeComment && COMMENT.test(line)) continue;
      mayBeComment = false;
      const cells = csvCells(line);
      if (cells !== null) rows.push({ line: number, cells });
      else if (endsInQuotes(line)) open = { line: number, text: line };
      else rows.push({ line: number, fault: message('import.quotes') });
    }
    if (rows.length > 0) yield rows;
  }
  if (open !== null) yield [{ line: open.line, fault: message('import.quotes') }];
}

/** Limits how many lines an unclosed quote can make invalid. */
const LONGEST_OPEN = 1_000;

/** Whether the quotes of the last cell are still open at the end of the line. */
function endsInQuotes(line: string): boolean {
  const quotes = line.split('"').length - 1;
  return quotes % 2 === 1 && /(^|,)"/.test(line);
}
