import type { PoolClient } from 'pg';
import { longQuery } from '../connection/long-query.ts';
import type { ArchivedRow, ArchivedTable } from './archived-table.ts';

/** Takes a few milliseconds. */
const ROWS_AT_A_TIME = 5_000;

/** A batch of rows of one series. */
export type SeriesRows = { readonly seriesId: number; readonly rows: readonly ArchivedRow[] };

/**
 * The rows of a partition by series and time, in batches of some thousand, through a cursor of the transaction. The server reads
 * the partition once and sorts on disk if the key begins with the time.
 */
export async function* partitionRows(
  client: PoolClient,
  table: ArchivedTable,
  partition: string,
  seriesIds: readonly number[],
): AsyncGenerator<SeriesRows> {
  const time = table.partitioned.time;
  const columns = table.schema.map(({ name, type }) =>
    type === 'timestamp' ? `(extract(epoch from ${name}) * 1000)::double precision` : name,
  );
  await client.query(
    `declare archived no scroll cursor for
     select series_id, ${columns.join(', ')} from ${partition}
     where series_id = any(array[${seriesIds.map(Number).join(',')}]::integer[])
     order by series_id, ${time}`,
  );
  for (;;) {
    // The first one waits for the sort.
    const fetch = { ...longQuery(`fetch ${ROWS_AT_A_TIME} from archived`), rowMode: 'array' as const };
    const { rows } = await client.query<(number | null)[]>(fetch);
    for (const [seriesId, own] of bySeries(rows)) {
      const named = own.map((values) =>
        Object.fromEntries(table.schema.map(({ name }, index) => [name, values[index + 1] ?? null])),
      );
      yield { seriesId, rows: named as unknown as ArchivedRow[] };
    }
    if (rows.length < ROWS_AT_A_TIME) break;
  }
  await client.query('close archived');
}

/** Groups consecutive rows by series; the rows are sorted by series. */
function bySeries(rows: readonly (number | null)[][]): Map<number, (number | null)[][]> {
  return Map.groupBy(rows, ([seriesId]) => Number(seriesId));
}
