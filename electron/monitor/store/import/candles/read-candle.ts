import { type Message, message } from '../../../../../shared/messages/message.ts';
import type { Cell } from '../input/row.ts';
import { isEmpty, numberOfCell, quoted } from '../rows/number-cell.ts';
import type { TimeCheck } from '../rows/time-check.ts';
import type { CandleColumns } from './candle-columns.ts';
import type { StagedCandle } from './staged-candles.ts';

const PRICES = ['open', 'high', 'low', 'close'] as const;

/** Parses a candle; returns what is wrong with the row when it is invalid. */
export function readCandle(
  columns: CandleColumns,
  times: TimeCheck,
  line: number,
  cells: readonly Cell[],
): StagedCandle | Message {
  const at = times.read(cells[columns.time], line);
  if (typeof at !== 'number') return at;
  const prices = PRICES.map((name) => numberOfCell(cells[columns[name]]));
  const wrong = prices.findIndex((price) => price === null || price === 0);
  if (wrong !== -1) {
    const column = PRICES[wrong] ?? 'open';
    return message('import.no-candle-price', { column, text: quoted(cells[columns[column]]) });
  }
  const [open = 0, high = 0, low = 0, close = 0] = prices as readonly number[];
  if (high < low) return message('import.high-below-low', { high, low });
  if (open > high || open < low) return message('import.outside', { column: 'open', price: open, high, low });
  if (close > high || close < low)
    return message('import.outside', { column: 'close', price: close, high, low });
  const cell = columns.volume === -1 ? null : cells[columns.volume];
  const volume = isEmpty(cell) ? null : numberOfCell(cell);
  if (volume === null && !isEmpty(cell)) return message('import.no-amount', { text: quoted(cell) });
  return { line, start: at / 1_000, open, high, low, close, volume };
}
