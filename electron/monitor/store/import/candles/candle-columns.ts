import { message } from '../../../../../shared/messages/message.ts';
import { MessageError } from '../../../../../shared/messages/message-error.ts';
import type { ImportLayout } from '../import-options.ts';
import type { Cell, Table } from '../input/row.ts';
import { plainName, requiredColumn, TIME_NAMES } from '../rows/column-names.ts';
import { timeOfCell } from '../rows/time-cell.ts';

/** Column indexes of a file; -1 for a column that it lacks. */
export type CandleColumns = {
  readonly layout: ImportLayout;
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** The traded volume, in units of the coin. */
  readonly volume: number;
};

const IN_ORDER = { time: 0, open: 1, high: 2, low: 3, close: 4, volume: 5 };
const EXPORTED = ['bucket', 'open', 'high', 'low', 'close', 'volume'];
/** The format of files without a header, by the number of columns. With eight columns, the sixth may be an average price. */
const LAYOUT_BY_WIDTH: Readonly<Record<number, ImportLayout>> = {
  5: 'table',
  6: 'table',
  7: 'kraken-ohlcvt',
  12: 'binance-klines',
};

/** @throws MessageError when the columns cannot be identified */
export function candleColumns(table: Table): CandleColumns {
  return table.names === null ? unnamedColumns(table) : namedColumns(table.names, table.first ?? []);
}

function unnamedColumns({ format, first }: Table): CandleColumns {
  const width = first?.length ?? 0;
  const layout = LAYOUT_BY_WIDTH[width];
  if (first === null || layout === undefined || timeOfCell(first[0]) === null)
    throw new MessageError(message('import.unknown-columns', { kind: 'candles', count: width }));
  const isFreqtrade = format === 'json-array';
  return { ...IN_ORDER, layout: isFreqtrade ? 'freqtrade' : layout, volume: width === 5 ? -1 : 5 };
}

function namedColumns(names: readonly string[], first: readonly Cell[]): CandleColumns {
  const plain = names.map(plainName);
  const columns = {
    time: requiredColumn(plain, TIME_NAMES, 'time'),
    open: requiredColumn(plain, ['open'], 'open'),
    high: requiredColumn(plain, ['high'], 'high'),
    low: requiredColumn(plain, ['low'], 'low'),
    close: requiredColumn(plain, ['close'], 'close'),
    volume: volumeColumn(plain, first),
  };
  const isExport = plain.length === EXPORTED.length && EXPORTED.every((name) => plain.includes(name));
  if (isExport) return { ...columns, layout: 'export' };
  if (plain.includes('unix') && plain.includes('symbol')) return { ...columns, layout: 'cryptodatadownload' };
  return { ...columns, layout: plain.includes('taker_buy_volume') ? 'binance-klines' : 'table' };
}

/**
 * CryptoDataDownload has two volume columns, such as `Volume BTC` and `Volume USD`, in either order. Returns that of the coin,
 * whose unit is the beginning of the market's symbol.
 */
function volumeColumn(plain: readonly string[], first: readonly Cell[]): number {
  const named = plain.indexOf('volume');
  if (named !== -1) return named;
  const candidates = plain.flatMap((name, column) => (name.startsWith('volume_') ? [column] : []));
  const symbol = String(first[plain.indexOf('symbol')] ?? '').toLowerCase();
  const ofCoin = candidates.find((column) =>
    symbol.startsWith((plain[column] ?? '').slice('volume_'.length)),
  );
  if (ofCoin !== undefined) return ofCoin;
  if (candidates.length > 1)
    throw new MessageError(
      message('import.which-volume', { names: candidates.map((column) => plain[column] ?? '') }),
    );
  return candidates[0] ?? -1;
}
