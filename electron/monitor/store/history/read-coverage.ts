import type { ClientBase } from 'pg';
import {
  HISTORY_INTERVALS,
  type HistoryInterval,
  intervalLengthMs,
} from '../../../../shared/domain/interval.ts';
import type { CoinCoverage, CoverageQuery } from '../../history/history-store.ts';
import type { TimeRange } from '../../history/time-ranges.ts';

/**
 * Reads the coverage of each coin: the contiguous ranges of the program's own candles, and the ranges that sources
 * were asked for.
 */
export async function readCoverage(
  client: ClientBase,
  query: CoverageQuery,
): Promise<readonly CoinCoverage[]> {
  const { coins, vsCurrency, minutesFrom, hoursFrom, toleranceMs } = query;
  const stretches = async (table: 'candles_1m' | 'candles_1h', from: number) => {
    const parameters = [coins, vsCurrency, new Date(from), `${toleranceMs} milliseconds`];
    const { rows } = await client.query<StretchRow>(STRETCHES[table], parameters);
    return Map.groupBy(rows, (row) => row.coin_id);
  };
  const minutes = await stretches('candles_1m', minutesFrom);
  const hours = await stretches('candles_1h', hoursFrom);
  const { rows } = await client.query<AskedRow>(ASKED, [coins, vsCurrency]);
  const asked = Map.groupBy(rows, (row) => row.coin_id);
  return coins.map((coinId) => ({
    coinId,
    minutes: (minutes.get(coinId) ?? []).map(rangeOfRow),
    hours: (hours.get(coinId) ?? []).map(rangeOfRow),
    asked: (asked.get(coinId) ?? []).flatMap((row) => {
      const interval = intervalOfSeconds(row.resolution_seconds);
      if (interval === null) return [];
      return [{ ...rangeOfRow(row), source: row.source, interval, found: row.found }];
    }),
  }));
}

/** Times in milliseconds since the epoch. */
type StretchRow = { readonly coin_id: string; readonly from_ms: number; readonly until_ms: number };

const STRETCHES = {
  candles_1m: stretchesOf('candles_1m', '1 minute'),
  candles_1h: stretchesOf('candles_1h', '1 hour'),
};

function stretchesOf(table: 'candles_1m' | 'candles_1h', length: string): string {
  return `
    with marked as (
      select coin_id, bucket, lag(bucket) over (partition by coin_id order by bucket) as previous
      from ${table}
      where coin_id = any($1::text[]) and vs_currency = $2 and bucket >= $3::timestamptz
    ),
    numbered as (
      select
        coin_id,
        bucket,
        count(*) filter (where bucket - previous > interval '${length}' + $4::interval)
          over (partition by coin_id order by bucket) as stretch
      from marked
    )
    select
      coin_id,
      extract(epoch from min(bucket))::double precision * 1000 as from_ms,
      extract(epoch from max(bucket) + interval '${length}')::double precision * 1000 as until_ms
    from numbered
    group by coin_id, stretch
    order by coin_id, from_ms`;
}

type AskedRow = StretchRow & {
  readonly resolution_seconds: number;
  readonly source: string;
  readonly found: boolean;
};

const ASKED = `
  select
    coin_id,
    resolution_seconds,
    source,
    found,
    extract(epoch from asked_from)::double precision * 1000 as from_ms,
    extract(epoch from asked_until)::double precision * 1000 as until_ms
  from history_asked
  where coin_id = any($1::text[]) and vs_currency = $2
  order by coin_id, asked_from`;

function rangeOfRow(row: StretchRow): TimeRange {
  return { from: row.from_ms, to: row.until_ms };
}

function intervalOfSeconds(seconds: number): HistoryInterval | null {
  return HISTORY_INTERVALS.find((interval) => intervalLengthMs(interval) === seconds * 1_000) ?? null;
}
