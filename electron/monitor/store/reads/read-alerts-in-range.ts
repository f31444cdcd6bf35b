import type { ClientBase } from 'pg';
import type { Alert } from '../../../../shared/domain/alert.ts';
import type { AlertRange } from '../../../../shared/domain/alert-query.ts';
import { bucketOrigin, intervalLengthMs } from '../../../../shared/domain/interval.ts';
import { ALERT_COLUMNS, type AlertRow, alertOfRow } from './read-alerts.ts';

/** Of each candle the first that rose and the first that fell: years of alerts are then no more than the candles they mark. */
const FIRST_OF_EACH_CANDLE = `
  select distinct on (candle, direction)
    ${ALERT_COLUMNS},
    date_bin($5::interval, observed_at, $6::timestamptz) as candle
  from alerts
  where coin_id = $1 and vs_currency = $2
    and observed_at >= to_timestamp($3::double precision / 1000)
    and observed_at < to_timestamp($4::double precision / 1000)
  order by candle, direction, observed_at, id collate "C"`;

/** The alerts in the table that candles of the range show. */
export async function readAlertsInRange(client: ClientBase, range: AlertRange): Promise<readonly Alert[]> {
  const { rows } = await client.query<AlertRow>(FIRST_OF_EACH_CANDLE, [
    range.coinId,
    range.vsCurrency,
    range.from,
    range.to,
    `${intervalLengthMs(range.interval)} milliseconds`,
    new Date(bucketOrigin(range.interval)).toISOString(),
  ]);
  return rows.map(alertOfRow);
}
