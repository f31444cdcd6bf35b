import type { PoolClient } from 'pg';
import { type Alert, alertOfResolved, isResolvedEvent } from '../../../../shared/domain/alert.ts';
import { alertMessage } from '../../../../shared/domain/alert-message.ts';
import { text } from '../../../../shared/messages/message.ts';

const INSERT_ALERTS = `
  insert into alerts
    (id, rule, kind, params, severity, direction, coin_id, vs_currency, source, observed_at, price, message, figures,
      inhibited_by)
  select
    id, rule, kind, params, severity, direction, "coinId", "vsCurrency", source,
    to_timestamp("observedAt" / 1000.0), price, message, figures, "inhibitedBy"
  from jsonb_to_recordset($1::jsonb) as given (
    id text, rule text, kind text, params jsonb, severity text, direction text, "coinId" text, "vsCurrency" text,
    source text, "observedAt" double precision, price double precision, message text, figures jsonb,
    "inhibitedBy" jsonb
  )
  on conflict (id) do nothing`;

const RESOLVE_ALERTS = `
  update alerts
  set
    resolved_at = to_timestamp(given."resolvedAt" / 1000.0), end_reason = given.reason,
    extreme_price = (given.extreme ->> 'price')::double precision,
    extreme_at = to_timestamp((given.extreme ->> 'observedAt')::double precision / 1000.0),
    extreme_figures = given.extreme -> 'figures'
  from jsonb_to_recordset($1::jsonb) as given (
    "alertId" text, "resolvedAt" double precision, reason text, extreme jsonb
  )
  where alerts.id = given."alertId" and alerts.resolved_at is null`;

/** Inserts alerts that are not in the table yet, and records how existing ones were resolved. */
export async function insertAlerts(client: PoolClient, alerts: readonly Alert[]): Promise<void> {
  // Sorted, because rows are locked in this order; see foldCandles.
  const sorted = alerts
    .map((alert) => (isResolvedEvent(alert) ? alertOfResolved(alert) : alert))
    .toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const rows = sorted.map((alert) => ({ ...alert, message: text(alertMessage(alert)) }));
  await client.query(INSERT_ALERTS, [JSON.stringify(rows)]);
  const resolutions = sorted.flatMap(({ resolution }) => resolution ?? []);
  if (resolutions.length > 0) await client.query(RESOLVE_ALERTS, [JSON.stringify(resolutions)]);
}
