import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { escapeLiteral, type PoolClient } from 'pg';

export type ExportFormat = 'csv' | 'jsonl';

/** A coin from one instant to before another, in milliseconds since the epoch. */
export type ExportRange = {
  readonly coinId: string;
  readonly vsCurrency: string;
  readonly from: number;
  readonly to: number;
};

/** ISO 8601 in UTC; microseconds only where there are any. */
const isoTime = (column: string): string =>
  `case when date_trunc('milliseconds', ${column}) = ${column}
      then to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
      else to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    end`;

/** The ticks of a coin of all sources, oldest first. */
export function ticksOf({ coinId, vsCurrency, from, to }: ExportRange): string {
  return `
    select ${isoTime('observed_at')} as observed_at, price, amount as volume, volume_24h, market_cap, source
    from series_ticks
    join series on series.id = series_id
    where coin_id = ${escapeLiteral(coinId)} and vs_currency = ${escapeLiteral(vsCurrency)}
      and series_ticks.observed_at >= ${instant(from)} and series_ticks.observed_at < ${instant(to)}
    order by series_ticks.observed_at, source`;
}

/** The alerts of a coin, oldest first. */
export function alertsOf({ coinId, vsCurrency, from, to }: ExportRange): string {
  return `
    select ${isoTime('observed_at')} as observed_at, id, rule, source, price, figures
    from alerts
    where coin_id = ${escapeLiteral(coinId)} and vs_currency = ${escapeLiteral(vsCurrency)}
      and alerts.observed_at >= ${instant(from)} and alerts.observed_at < ${instant(to)}
    order by alerts.observed_at, id collate "C"`;
}

const ROWS_AT_A_TIME = 5_000;

/**
 * Writes the rows of a query as the server makes them, some thousand at a time, in constant memory whatever their number. Within a
 * transaction, whose cursor they come from. The stream is not ended.
 */
export async function writeRows(
  client: PoolClient,
  query: string,
  format: ExportFormat,
  out: Writable,
): Promise<void> {
  await client.query(`declare exported no scroll cursor for ${query}`);
  for (let isFirst = true; ; isFirst = false) {
    const { rows, fields } = await client.query<Record<string, unknown>>(
      `fetch ${ROWS_AT_A_TIME} from exported`,
    );
    const names = fields.map(({ name }) => name);
    const header = isFirst && format === 'csv' ? [names.join(',')] : [];
    const lines = rows.map((row) =>
      format === 'csv' ? names.map((name) => csvField(row[name])).join(',') : JSON.stringify(row),
    );
    const text = [...header, ...lines].map((line) => `${line}\n`).join('');
    if (!out.write(text)) await once(out, 'drain');
    if (rows.length < ROWS_AT_A_TIME) return;
  }
}

/** RFC 4180: in quotes where a comma, a quote or the end of a line is in it. */
function csvField(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function instant(ms: number): string {
  return `timestamptz '${new Date(ms).toISOString()}'`;
}
