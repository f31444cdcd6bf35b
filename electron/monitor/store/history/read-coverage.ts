import type { ClientBase } from 'pg';
import {
  HISTORY_INTERVALS,
  type HistoryInterval,
  intervalLengthMs,
} from '../../../../shared/domain/interval.ts';
import type { CoinCoverage, CoverageQuery } from '../../history/history-store.ts';
import type { TimeRange } from '../../history/time-ranges.ts';

/**
 * Reads the coverage of each coin: the contiguous ranges of the program's own candles, and the ranges that sources were requested
 * for.
 */
export async function readCoverage(
  client: ClientBase,
  query: CoverageQuery,
): Promise<readonly CoinCoverage[]> {
  const { coins, vsCurrency, minutesFrom, hoursFrom, toleranceMs } = query;
  const contiguousRanges = async (table: keyof typeof CONTIGUOUS_RANGES, from: number) => {
    const parameters = [coins, vsCurrency, new Date(from), `${toleranceMs} milliseconds`];
    const { rows } = await client.query<RangeRow>(CONTIGUOUS_RANGES[table], parameters);
    return Map.groupBy(rows, (row) => row.coin_id);
  };
  const minutes = await contiguousRanges('series_candles_1m', minutesFrom);
  const hours = await contiguousRanges('series_candles_1h', hoursFrom);
  const { rows } = await client.query<CoveredRow>(COVERED, [coins, vsCurrency]);
  const covered = Map.groupBy(rows, (row) => row.coin_id);
  return coins.map((coinId) => ({
    coinId,
    minutes: (minutes.get(coinId) ?? []).map(rangeOfRow),
    hours: (hours.get(coinId) ?? []).map(rangeOfRow),
    covered: (covered.get(coinId) ?? []).flatMap((row) => {
      const interval = intervalOfSeconds(row.resolution_seconds);
      if (interval === null) return [];
      return [{ ...rangeOfRow(row), source: row.source, interval, found: row.found }];
    }),
  }));
}

/** Times in milliseconds since the epoch. */
type RangeRow = { readonly coin_id: string; readonly from_ms: number; readonly until_ms: number };

const CONTIGUOUS_RANGES = {
  series_candles_1m: contiguousRangesOf('series_candles_1m', '1 minute'),
  series_candles_1h: contiguousRangesOf('series_candles_1h', '1 hour'),
};

function contiguousRangesOf(table: 'series_candles_1m' | 'series_candles_1h', length: string): string {
  return `
    with marked as (
      select coin_id, bucket, lag(bucket) over (partition by coin_id order by bucket) as previous
      from ${table}
      join series on series.id = series_id
      where coin_id = any($1::text[]) and vs_currency = $2 and bucket >= $3::timestamptz
    ),
    numbered as (
      select
        coin_id,
        bucket,
        count(*) filter (where bucket - previous > interval '${length}' + $4::interval)
          over (partition by coin_id order by bucket) as range_number
      from marked
    )
    select
      coin_id,
      extract(epoch from min(bucket))::double precision * 1000 as from_ms,
      extract(epoch from max(bucket) + interval '${length}')::double precision * 1000 as until_ms
    from numbered
    group by coin_id, range_number
    order by coin_id, from_ms`;
}

type CoveredRow = RangeRow & {
  readonly resolution_seconds: number;
  readonly source: string;
  readonly found: boolean;
};

const COVERED = `
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

function rangeOfRow(row: RangeRow): TimeRange {
  return { from: row.from_ms, to: row.until_ms };
}

function intervalOfSeconds(seconds: number): HistoryInterval | null {
  return HISTORY_INTERVALS.find((interval) => intervalLengthMs(interval) === seconds * 1_000) ?? null;
}
