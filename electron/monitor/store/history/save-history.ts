import type { PoolClient } from 'pg';
import { intervalLengthMs } from '../../../../shared/domain/interval.ts';
import type { HistoryResult } from '../../history/history-store.ts';
import { float8Array, timestamptzArray } from '../binary/binary-array.ts';

/** Writes the candles of a source's response and records the requested range as covered. */
export async function saveHistory(client: PoolClient, result: HistoryResult): Promise<void> {
  const { request, volumeKind, candles, covered, found } = result;
  const { coinId, vsCurrency, interval, source } = request;
  const series = [coinId, vsCurrency, intervalLengthMs(interval) / 1_000, source];
  if (candles.length > 0) {
    await client.query(INSERT_CANDLES, [
      ...series,
      volumeKind,
      timestamptzArray(candles.map(({ start }) => start)),
      float8Array(candles.map(({ open }) => open)),
      float8Array(candles.map(({ high }) => high)),
      float8Array(candles.map(({ low }) => low)),
      float8Array(candles.map(({ close }) => close)),
      float8Array(candles.map(({ volume }) => volume)),
    ]);
  }
  for (const { from, to } of covered) {
    await client.query(MERGE_RANGE, [...series, found, new Date(from), new Date(to)]);
  }
}

/** A later response replaces an earlier one, because the provider may have corrected it. */
const INSERT_CANDLES = `
  insert into history_candles (
    coin_id, vs_currency, resolution_seconds, source, volume_kind, bucket, open, high, low, close, volume
  )
  select $1, $2, $3, $4, $5, bucket, open, high, low, close, volume
  from unnest(
    $6::timestamptz[], $7::double precision[], $8::double precision[], $9::double precision[],
    $10::double precision[], $11::double precision[]
  ) as given (bucket, open, high, low, close, volume)
  on conflict (coin_id, vs_currency, resolution_seconds, bucket, source) do update set
    open = excluded.open,
    high = excluded.high,
    low = excluded.low,
    close = excluded.close,
    volume = excluded.volume,
    volume_kind = excluded.volume_kind`;

/** Records a range and merges it with the ranges that it touches, so that years of small gaps stay few rows. */
const MERGE_RANGE = `
  with joined as (
    delete from history_asked
    where coin_id = $1 and vs_currency = $2 and resolution_seconds = $3 and source = $4 and found = $5
      and asked_from <= $7::timestamptz and asked_until >= $6::timestamptz
    returning asked_from, asked_until
  )
  insert into history_asked (coin_id, vs_currency, resolution_seconds, source, found, asked_from, asked_until)
  select
    $1, $2, $3, $4, $5,
    least($6::timestamptz, (select min(asked_from) from joined)),
    greatest($7::timestamptz, (select max(asked_until) from joined))
  on conflict (coin_id, vs_currency, resolution_seconds, source, found, asked_from) do update set
    asked_until = greatest(history_asked.asked_until, excluded.asked_until)`;
