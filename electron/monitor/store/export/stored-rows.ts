import { escapeLiteral } from 'pg';
import type { ParquetSchema } from '../parquet/parquet-schema.ts';
import type { ExportRange } from './export-request.ts';

/** Rows that are exported as they are stored: columns with their types, and the relation. */
export type StoredRows = {
  readonly schema: ParquetSchema;
  /** The SQL expression of each column. */
  readonly columns: Readonly<Record<string, string>>;
  readonly from: (range: ExportRange) => string;
};

/** The ticks of a coin from all sources, oldest first. */
export const STORED_TICKS: StoredRows = {
  schema: [
    { name: 'observed_at', type: 'timestamp' },
    { name: 'price', type: 'double' },
    { name: 'volume', type: 'double', nullable: true },
    { name: 'volume_24h', type: 'double', nullable: true },
    { name: 'market_cap', type: 'double', nullable: true },
    { name: 'source', type: 'text' },
  ],
  columns: {
    observed_at: 'observed_at',
    price: 'price',
    volume: 'amount',
    volume_24h: 'volume_24h',
    market_cap: 'market_cap',
    source: 'source',
  },
  // In the order of the key, so that no sort is needed.
  from: ({ coinId, vsCurrency, from, to }) => `
    from series_ticks
    join series on series.id = series_id
    where coin_id = ${escapeLiteral(coinId)} and vs_currency = ${escapeLiteral(vsCurrency)}
      and series_ticks.observed_at >= ${instant(from)} and series_ticks.observed_at < ${instant(to)}
    order by series_ticks.observed_at, series_id`,
};

/** The alerts of a coin, oldest first. */
export const STORED_ALERTS: StoredRows = {
  schema: [
    { name: 'observed_at', type: 'timestamp' },
    { name: 'id', type: 'text' },
    { name: 'rule', type: 'text' },
    { name: 'source', type: 'text' },
    { name: 'price', type: 'double' },
    { name: 'figures', type: 'text' },
    { name: 'kind', type: 'text' },
    { name: 'params', type: 'text' },
    { name: 'severity', type: 'text' },
    { name: 'direction', type: 'text', nullable: true },
    { name: 'inhibited_by', type: 'text', nullable: true },
    { name: 'resolved_at', type: 'timestamp', nullable: true },
    { name: 'end_reason', type: 'text', nullable: true },
  ],
  columns: {
    observed_at: 'observed_at',
    id: 'id',
    rule: 'rule',
    source: 'source',
    price: 'price',
    figures: 'figures',
    kind: 'kind',
    params: 'params',
    severity: 'severity',
    direction: 'direction',
    inhibited_by: 'inhibited_by',
    resolved_at: 'resolved_at',
    end_reason: 'end_reason',
  },
  from: ({ coinId, vsCurrency, from, to }) => `
    from alerts
    where coin_id = ${escapeLiteral(coinId)} and vs_currency = ${escapeLiteral(vsCurrency)}
      and alerts.observed_at >= ${instant(from)} and alerts.observed_at < ${instant(to)}
    order by alerts.observed_at, id collate "C"`,
};

/** A query for text formats: times in ISO 8601. */
export function selectAsText({ schema, columns, from }: StoredRows, range: ExportRange): string {
  const selected = schema.map(({ name, type }) => {
    const column = columns[name] ?? name;
    return `${type === 'timestamp' ? isoTime(column) : column} as ${name}`;
  });
  return `select ${selected.join(', ')} ${from(range)}`;
}

/** A query for the binary format, with the types of the schema. */
export function selectAsValues({ schema, columns, from }: StoredRows, range: ExportRange): string {
  const types = { timestamp: 'timestamptz', double: 'double precision', integer: 'integer', text: 'text' };
  const selected = schema.map(({ name, type }) => `(${columns[name] ?? name})::${types[type]} as ${name}`);
  return `select ${selected.join(', ')} ${from(range)}`;
}

/** ISO 8601 in UTC with microseconds, always of the same length. */
const isoTime = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

function instant(ms: number): string {
  return `timestamptz '${new Date(ms).toISOString()}'`;
}
