import type { ClientBase } from 'pg';
import { int4Array, timestamptzArray } from '../../binary/binary-array.ts';
import type { StoredTick } from './place-ticks.ts';

/** A time range of a series; `start` is in microseconds since the epoch. */
export type SeriesStretch = { readonly seriesId: number; readonly start: number };

export function stretchKey({ seriesId, start }: SeriesStretch): string {
  return `${seriesId} ${start}`;
}

const MINUTE_MS = 60_000;

/**
 * Reads the stored ticks of each of these ranges, by `stretchKey`. Minutes without a candle have no ticks and are skipped,
 * because the key of ticks begins with the time and contains all series.
 */
export async function readStoredTicks(
  client: ClientBase,
  stretches: readonly SeriesStretch[],
  lengthUs: number,
): Promise<ReadonlyMap<string, readonly StoredTick[]>> {
  const minuteOf = ({ start }: SeriesStretch): number => Math.floor(start / 1_000 / MINUTE_MS) * MINUTE_MS;
  const minutes = new Map(
    stretches.map((one) => [`${one.seriesId} ${minuteOf(one)}`, { ...one, start: minuteOf(one) }]),
  );
  const { rows: candles } = await client.query<{ series_id: number; start_ms: number }>(MINUTES, [
    int4Array([...minutes.values()].map(({ seriesId }) => seriesId)),
    timestamptzArray([...minutes.values()].map(({ start }) => start)),
  ]);
  const known = new Set(candles.map((row) => `${row.series_id} ${row.start_ms}`));
  const wanted = stretches.filter((one) => known.has(`${one.seriesId} ${minuteOf(one)}`));
  if (wanted.length === 0) return new Map();
  const { rows } = await client.query<TickRow>(TICKS, [
    int4Array(wanted.map(({ seriesId }) => seriesId)),
    timestamptzArray(wanted.map(({ start }) => start / 1_000)),
    `${lengthUs} microseconds`,
  ]);
  const found = new Map<string, StoredTick[]>();
  for (const { series_id, at_us, price, amount } of rows) {
    const start = Math.floor(at_us / lengthUs) * lengthUs;
    const key = stretchKey({ seriesId: series_id, start });
    const own = found.get(key) ?? [];
    own.push({ at: at_us, price, amount });
    found.set(key, own);
  }
  return found;
}

const MINUTES = `
  select series_id, extract(epoch from bucket)::double precision * 1000 as start_ms
  from unnest($1::integer[], $2::timestamptz[]) as wanted (series_id, bucket)
  join series_candles_1m using (series_id, bucket)`;

type TickRow = {
  readonly series_id: number;
  readonly at_us: number;
  readonly price: number;
  readonly amount: number | null;
};

/** `offset 0` prevents the planner from joining all ticks of a series with all ranges: each range is looked up by the key. */
const TICKS = `
  select stored.series_id, (extract(epoch from observed_at) * 1000000)::double precision as at_us, price, amount
  from unnest($1::integer[], $2::timestamptz[]) as wanted (series_id, start)
  cross join lateral (
    select series_id, observed_at, price, amount
    from series_ticks
    where observed_at >= wanted.start and observed_at < wanted.start + $3::interval
      and series_ticks.series_id = wanted.series_id
    offset 0
  ) as stored`;
