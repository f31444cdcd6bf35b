import type { ClientBase } from 'pg';
import { eachTable, isOfMinutes, tableOf } from './candle-table.ts';
import { readHistoryResolutions } from './history-resolutions.ts';
import type { CandleQuery } from './queries.ts';

/** JavaScript and PostgreSQL format years of four digits in the same way. */
const EARLIEST = Date.UTC(1000, 0, 1);

/**
 * Returns the start, in milliseconds since the epoch, of the first stored candle at or after an instant from which candles of the
 * interval are computed; null when there is none. Within the time of an archived file it is the instant itself, because a more
 * exact result would require reading the file. Takes one index lookup for each source and each length of historical candles.
 */
export async function readNextCandleTime(
  client: ClientBase,
  { coinId, vsCurrency, interval }: Pick<CandleQuery, 'coinId' | 'vsCurrency' | 'interval'>,
  at: number,
): Promise<number | null> {
  const { rows } = await client.query<{ next_ms: number | null }>(NEXT[tableOf(interval)], [
    coinId,
    vsCurrency,
    new Date(Math.max(EARLIEST, at)).toISOString(),
    await readHistoryResolutions(client, { coinId, vsCurrency, interval }),
    isOfMinutes(interval),
  ]);
  return rows[0]?.next_ms ?? null;
}

const NEXT = eachTable(
  (table) => `
    select extract(epoch from min(bucket))::double precision * 1000 as next_ms
    from (
      select next.bucket
      from series
      cross join lateral (
        select bucket from ${table}
        where series_id = series.id and bucket >= $3::timestamptz
        order by bucket limit 1
      ) as next
      where coin_id = $1 and vs_currency = $2
      union all
      select greatest(first_at, $3::timestamptz)
      from archive_files
      where $5 and relation = 'series_candles_1m' and state = 'archived' and last_at >= $3::timestamptz
        and series_id in (select id from series where coin_id = $1 and vs_currency = $2)
      union all
      select next.bucket
      from unnest($4::integer[]) as wanted (seconds)
      cross join lateral (
        select bucket from history_candles
        where coin_id = $1 and vs_currency = $2 and resolution_seconds = wanted.seconds and bucket >= $3::timestamptz
        order by bucket limit 1
      ) as next
    ) as found`,
);
