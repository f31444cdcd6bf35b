import type { PoolClient } from 'pg';
import type { Alert } from '../../../../shared/domain/alert.ts';
import type { AlertQuery } from '../../../../shared/domain/alert-query.ts';
import type { Inhibitor } from '../../../../shared/domain/inhibitor.ts';
import type { EndReason, Extreme } from '../../../../shared/domain/resolution.ts';

/** The columns of `AlertRow`. */
export const ALERT_COLUMNS = `
    id, rule, kind, params, severity, direction, coin_id, vs_currency, source, price, figures, inhibited_by,
    extract(epoch from observed_at)::double precision * 1000 as observed_at_ms,
    extract(epoch from resolved_at)::double precision * 1000 as resolved_at_ms, end_reason,
    extreme_price, extract(epoch from extreme_at)::double precision * 1000 as extreme_at_ms, extreme_figures`;

const NEWEST = `
  select ${ALERT_COLUMNS}
  from alerts
  where ($2::text is null or (observed_at, id collate "C") < (to_timestamp($1::double precision / 1000), $2))
    and ($4::text is null or coin_id = $4)
    and ($5::text is null or rule = $5)
    and ($6::text is null or severity = $6)
    and ($7::text is null or direction = $7)
    and ($8::double precision is null or observed_at >= to_timestamp($8::double precision / 1000))
    and ($9::double precision is null or observed_at < to_timestamp($9::double precision / 1000))
    and ($10::boolean is null or (inhibited_by is not null) = $10)
  order by observed_at desc, id collate "C" desc
  limit $3`;

export type AlertRow = {
  readonly id: string;
  readonly rule: string;
  readonly kind: string;
  readonly params: Alert['params'];
  readonly severity: Alert['severity'];
  readonly direction: Alert['direction'];
  readonly coin_id: string;
  readonly vs_currency: string;
  readonly source: string;
  readonly price: number;
  readonly figures: Alert['figures'];
  readonly inhibited_by: Inhibitor | null;
  readonly observed_at_ms: number;
  /** This and the following four are null until the alert is resolved. */
  readonly resolved_at_ms: number | null;
  readonly end_reason: EndReason | null;
  readonly extreme_price: number | null;
  readonly extreme_at_ms: number | null;
  readonly extreme_figures: Extreme['figures'] | null;
};

/** Reads a page of the stored alerts, newest first. */
export async function readAlerts(client: PoolClient, query: AlertQuery): Promise<readonly Alert[]> {
  const { coinId, rule, severity, direction, isInhibited, from, to } = query.filter ?? {};
  const { rows } = await client.query<AlertRow>(NEWEST, [
    query.before?.observedAt ?? null,
    query.before?.id ?? null,
    query.limit,
    coinId ?? null,
    rule ?? null,
    severity ?? null,
    direction ?? null,
    from ?? null,
    to ?? null,
    isInhibited ?? null,
  ]);
  return rows.map(alertOfRow);
}

export function alertOfRow(row: AlertRow): Alert {
  return {
    id: row.id,
    rule: row.rule,
    kind: row.kind,
    params: row.params,
    severity: row.severity,
    direction: row.direction,
    coinId: row.coin_id,
    vsCurrency: row.vs_currency,
    source: row.source,
    observedAt: Math.round(row.observed_at_ms),
    price: row.price,
    figures: row.figures,
    ...(row.inhibited_by !== null && { inhibitedBy: row.inhibited_by }),
    ...resolutionOfRow(row),
  };
}

function resolutionOfRow(row: AlertRow): Pick<Alert, 'resolution'> {
  if (row.resolved_at_ms === null || row.end_reason === null) return {};
  const extreme = {
    price: row.extreme_price ?? row.price,
    observedAt: Math.round(row.extreme_at_ms ?? row.observed_at_ms),
    figures: row.extreme_figures ?? {},
  };
  const resolvedAt = Math.round(row.resolved_at_ms);
  return { resolution: { alertId: row.id, resolvedAt, reason: row.end_reason, extreme } };
}
