import { message } from '../../../../../shared/messages/message.ts';
import { MessageError } from '../../../../../shared/messages/message-error.ts';
import type { ImportLayout } from '../import-options.ts';
import type { Cell, Table } from '../input/row.ts';
import { columnNamed, plainName, requiredColumn, TIME_NAMES } from '../rows/column-names.ts';
import { timeOfCell } from '../rows/time-cell.ts';

/** Column indexes of a file; -1 for a column that it lacks. */
export type TickColumns = {
  readonly layout: ImportLayout;
  readonly time: number;
  readonly price: number;
  /** The traded amount, in units of the coin. */
  readonly volume: number;
  /** The exchange's id of the trade. */
  readonly id: number;
  readonly volume24h: number;
  readonly marketCap: number;
  readonly source: number;
};

const NONE = { id: -1, volume24h: -1, marketCap: -1, source: -1 };
const VOLUME_NAMES = ['volume', 'amount', 'qty', 'quantity', 'size', 'vol'];
const ID_NAMES = ['id', 'trade_id', 'agg_trade_id', 'tradeid'];
const EXPORTED = ['observed_at', 'price', 'volume', 'volume_24h', 'market_cap', 'source'];

/** @throws MessageError when the columns of time and price cannot be identified */
export function tickColumns({ names, first }: Table): TickColumns {
  if (names === null) return unnamedColumns(first ?? []);
  const plain = names.map(plainName);
  const isExport = plain.length === EXPORTED.length && EXPORTED.every((name) => plain.includes(name));
  const common = {
    time: requiredColumn(plain, TIME_NAMES, 'time'),
    price: requiredColumn(plain, ['price'], 'price'),
    volume: columnNamed(plain, VOLUME_NAMES),
  };
  if (isExport) {
    return {
      ...common,
      layout: 'export',
      id: -1,
      volume24h: plain.indexOf('volume_24h'),
      marketCap: plain.indexOf('market_cap'),
      source: plain.indexOf('source'),
    };
  }
  const layout = plain.includes('agg_trade_id')
    ? 'binance-agg-trades'
    : plain.includes('is_buyer_maker')
      ? 'binance-trades'
      : 'table';
  return { ...NONE, ...common, layout, id: columnNamed(plain, ID_NAMES) };
}

/** Without a header, the columns are identified by their number and by the position of a time. */
function unnamedColumns(first: readonly Cell[]): TickColumns {
  const isTime = (column: number): boolean => timeOfCell(first[column]) !== null;
  if (isTime(0) && (first.length === 2 || first.length === 3)) {
    return { ...NONE, layout: 'table', time: 0, price: 1, volume: first.length === 3 ? 2 : -1 };
  }
  const ofBinance = { ...NONE, id: 0, price: 1, volume: 2 };
  if ((first.length === 6 || first.length === 7) && isTime(4) && !isTime(5))
    return { ...ofBinance, layout: 'binance-trades', time: 4 };
  // The id of a trade, before the time, may look like a time too; the columns after the time do not.
  if ((first.length === 7 || first.length === 8) && isTime(5))
    return { ...ofBinance, layout: 'binance-agg-trades', time: 5 };
  throw new MessageError(message('import.unknown-columns', { kind: 'ticks', count: first.length }));
}
