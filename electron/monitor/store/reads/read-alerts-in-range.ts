import type { ClientBase } from 'pg';
import { MAX_IN_MARK } from '../../../../shared/domain/alert-mark.ts';
import type { AlertRange } from '../../../../shared/domain/alert-query.ts';
import { bucketOrigin, intervalLengthMs } from '../../../../shared/domain/interval.ts';
import type { CountedAlerts } from './mark-alerts.ts';
import { ALERT_COLUMNS, type AlertRow, alertOfRow } from './read-alerts.ts';

/**
 * For each candle and direction, as many alerts as a mark carries (one of each rule before a second one of any rule) and their
 * total number. The number of rows is thus bounded by the number of candles, even for years of alerts. `$7` are not counted.
 */
const OF_EACH_CANDLE = `
  with in_range as (
    select
      id, rule, direction, observed_at,
      date_bin($5::interval, observed_at, $6::timestamptz) as candle
    from alerts
    where coin_id = $1 and vs_currency = $2
      and observed_at >= to_timestamp($3::double precision / 1000)
      and observed_at < to_timestamp($4::double precision / 1000)
  ),
  numbered as (
    select
      id, direction, observed_at, candle,
      row_number() over (
        partition by candle, direction, rule order by observed_at, id collate "C"
      ) as nth_of_rule,
      count(*) filter (where id <> all($7::text[])) over (partition by candle, direction) as counted
    from in_range
  ),
  ranked as (
    select
      id, candle, counted,
      row_number() over (
        partition by candle, direction order by nth_of_rule, observed_at, id collate "C"
      ) as nth
    from numbered
  )
  select ${ALERT_COLUMNS}, candle, counted::integer
  from ranked
  join alerts using (id)
  where nth <= ${MAX_IN_MARK}
  order by candle, direction, observed_at, id collate "C"`;

type CountedRow = AlertRow & { readonly candle: Date; readonly counted: number };

/**
 * The stored alerts of the candles in the range, one group for each candle and direction.
 *
 * @param known ids of alerts that are known from elsewhere and must not be counted
 */
export async function readAlertsInRange(
  client: ClientBase,
  range: AlertRange,
  known: readonly string[],
): Promise<readonly CountedAlerts[]> {
  const { rows } = await client.query<CountedRow>(OF_EACH_CANDLE, [
    range.coinId,
    range.vsCurrency,
    range.from,
    range.to,
    `${intervalLengthMs(range.interval)} milliseconds`,
    new Date(bucketOrigin(range.interval)).toISOString(),
    known,
  ]);
  const groups = Map.groupBy(rows, ({ candle, direction }) => `${candle.getTime()} ${direction}`);
  const isKnown = new Set(known);
  return [...groups.values()].map((group) => ({
    alerts: group.map(alertOfRow),
    others: (group[0]?.counted ?? 0) - group.filter(({ id }) => !isKnown.has(id)).length,
  }));
}
