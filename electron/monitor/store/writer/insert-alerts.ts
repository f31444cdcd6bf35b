import type { PoolClient } from 'pg';
import type { Alert } from '../../../../shared/domain/alert.ts';
import { alertMessage } from '../../../../shared/domain/alert-message.ts';
import { text } from '../../../../shared/messages/message.ts';

const INSERT_ALERTS = `
  insert into alerts
    (id, rule, kind, params, severity, direction, coin_id, vs_currency, source, observed_at, price, message, figures)
  select
    id, rule, kind, params, severity, direction, "coinId", "vsCurrency", source,
    to_timestamp("observedAt" / 1000.0), price, message, figures
  from jsonb_to_recordset($1::jsonb) as given (
    id text, rule text, kind text, params jsonb, severity text, direction text, "coinId" text, "vsCurrency" text,
    source text, "observedAt" double precision, price double precision, message text, figures jsonb
  )
  on conflict (id) do nothing`;

/** Writes the alerts that the table does not have yet. */
export async function insertAlerts(client: PoolClient, alerts: readonly Alert[]): Promise<void> {
  // Sorted, because rows get locked in this order: see foldCandles.
  const sorted = alerts.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const rows = sorted.map((alert) => ({ ...alert, message: text(alertMessage(alert)) }));
  await client.query(INSERT_ALERTS, [JSON.stringify(rows)]);
}
