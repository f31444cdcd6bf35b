import type { Interval } from '../../../../shared/domain/interval.ts';

/** The lengths of `history_folds` in seconds, each with its interval; each is a multiple of the previous one. */
export const FOLDED = [
  [300, '5m'],
  [900, '15m'],
  [3_600, '1h'],
  [14_400, '4h'],
  [86_400, '1d'],
  [604_800, '1w'],
] as const satisfies readonly (readonly [number, Interval])[];

export type FoldedInterval = (typeof FOLDED)[number][1];

/** A Monday, for weeks. All shorter lengths divide a day. */
const ORIGIN = `'1970-01-05T00:00:00Z'`;

const LEVELS = FOLDED.map(([level]) => level).join(', ');

/** Nothing was traded in a candle whose source reports a traded volume of zero. Its prices are meaningless. */
const priceOf = (column: string): string =>
  `case when (volume_kind = 'traded' and volume = 0) is not true then ${column} end as ${column}`;
const PRICES = ['open', 'high', 'low', 'close'].map(priceOf).join(', ');

/**
 * Candles of the length itself take precedence over folds of the shorter length, because they are the provider's own. Extremes
 * come from both.
 */
function foldsOf(level: number, finer: number, parts: string): string {
  const start = `date_bin('${level} seconds', bucket, ${ORIGIN})`;
  return `
  folds_${level} as materialized (
    select
      source,
      bucket,
      case when own.is_there then ${level} else parts.filled_seconds end as filled_seconds,
      coalesce(own.open, parts.open) as open,
      greatest(own.high, parts.high) as high,
      least(own.low, parts.low) as low,
      coalesce(own.close, parts.close) as close,
      case
        when own.volume_kind = 'traded' then own.volume
        when parts.has_traded then case when own.is_there is null then parts.traded end
        else coalesce(own.volume, parts.rolling)
      end as volume,
      case when own.volume_kind = 'traded' or parts.has_traded then 'traded' else 'rolling-24h' end as volume_kind
    from (
      select
        source,
        ${start} as bucket,
        sum(filled_seconds)::integer as filled_seconds,
        (array_agg(open order by bucket) filter (where open is not null))[1] as open,
        max(high) as high,
        min(low) as low,
        (array_agg(close order by bucket desc) filter (where close is not null))[1] as close,
        bool_or(volume_kind = 'traded') as has_traded,
        case when bool_and(volume_kind = 'traded' and volume is not null) then sum(volume) end as traded,
        max(volume) filter (where bucket = ${start} + interval '${level - finer} seconds') as rolling
      from ${parts}
      group by 1, 2
    ) as parts
    full join (
      select source, bucket, true as is_there, open, high, low, close, volume, volume_kind
      from own
      where level_seconds = ${level}
    ) as own using (source, bucket)
  )`;
}

/**
 * Common table expressions that compute, as `computed`, the folds of a coin (`$1`) in a currency (`$2`) from the Monday `$3` to before the
 * Monday `$4`. They follow the definition independently of `fold_history` (sql/0012_history_folds.sql): all candles at once, instead of the
 * buckets that a change affects.
 */
export const COMPUTED_FOLDS = `
  minutes as (
    select source, bucket, 60 as filled_seconds, ${PRICES}, volume, volume_kind
    from history_candles
    where coin_id = $1 and vs_currency = $2 and resolution_seconds = 60
      and bucket >= $3::timestamptz and bucket < $4::timestamptz
  ),
  own as materialized (
    select resolution_seconds as level_seconds, source, bucket, ${PRICES}, volume, volume_kind
    from history_candles
    where coin_id = $1 and vs_currency = $2 and resolution_seconds in (${LEVELS})
      and bucket >= $3::timestamptz and bucket < $4::timestamptz
      and bucket = date_bin(resolution_seconds * interval '1 second', bucket, ${ORIGIN})
  ),
  ${FOLDED.map(([level], index) => {
    const finer = FOLDED[index - 1]?.[0];
    return finer === undefined ? foldsOf(level, 60, 'minutes') : foldsOf(level, finer, `folds_${finer}`);
  }).join(',')},
  computed as (
    ${FOLDED.map(([level]) => `select ${level} as level_seconds, folds_${level}.* from folds_${level}`).join(' union all ')}
  )`;

/** The stored folds of the same coin, currency and time, as `stored`. */
export const STORED_FOLDS = `
  stored as (
    select level_seconds, source, bucket, filled_seconds, open, high, low, close, volume, volume_kind
    from history_folds
    where coin_id = $1 and vs_currency = $2 and level_seconds in (${LEVELS})
      and bucket >= $3::timestamptz and bucket < $4::timestamptz
  )`;
