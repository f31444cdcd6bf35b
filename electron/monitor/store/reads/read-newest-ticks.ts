import type { ClientBase } from 'pg';
import type { Tick } from '../../../../shared/domain/tick.ts';

/** The newest stored tick of a coin from one source, derived from its candles, and the closes of the minutes up to it. */
export type NewestTick = {
  readonly tick: Tick;
  /** `[time, price]`, oldest first. */
  readonly recent: readonly (readonly [number, number])[];
};

type Row = {
  readonly coin_id: string;
  readonly source: string;
  /** Newest first; `double precision`, milliseconds since the epoch. */
  readonly times: readonly number[];
  readonly closes: readonly number[];
  readonly volume_24h: number | null;
};

/** Uses the key of the candles, which begins with the series: a few rows per series, however many ticks there are. */
const NEWEST = `
  select
    coin_id, source,
    array_agg(extract(epoch from close_at)::double precision * 1000 order by bucket desc) as times,
    array_agg(close order by bucket desc) as closes,
    (array_agg(volume_24h order by bucket desc))[1] as volume_24h
  from series
  cross join lateral (
    select bucket, close_at, close, volume_24h
    from series_candles_1m
    where series_id = series.id
    order by bucket desc
    limit $3
  ) as minutes
  where vs_currency = $1 and coin_id = any($2::text[])
  group by coin_id, source`;

/** Reads the newest tick of each source of the coins. Market cap and the change of the day are not stored with it. */
export async function readNewestTicks(
  client: ClientBase,
  { vsCurrency, coinIds, minutes }: NewestTickQuery,
): Promise<readonly NewestTick[]> {
  const { rows } = await client.query<Row>(NEWEST, [vsCurrency, coinIds, minutes]);
  return rows.flatMap(({ coin_id, source, times, closes, volume_24h }) => {
    const [observedAt, price] = [times[0], closes[0]];
    if (observedAt === undefined || price === undefined) return [];
    const tick: Tick = {
      coinId: coin_id,
      vsCurrency,
      observedAt: Math.round(observedAt),
      price,
      volume24h: volume_24h,
      amount: null,
      marketCap: null,
      change24hPct: null,
      source,
    };
    const recent = times.map((at, index): readonly [number, number] => [
      Math.round(at),
      closes[index] ?? price,
    ]);
    return [{ tick, recent: recent.toReversed() }];
  });
}

export type NewestTickQuery = {
  readonly vsCurrency: string;
  readonly coinIds: readonly string[];
  /** The number of minutes with ticks whose closes are returned. */
  readonly minutes: number;
};
