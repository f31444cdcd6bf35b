import type { ClientBase } from 'pg';
import type { RuleActivity } from '../../../../shared/domain/rule-view.ts';
import { ALERT_COLUMNS, type AlertRow, alertOfRow } from './read-alerts.ts';

const ACTIVITY = `
  select last.*, coalesce(counted.alerts, 0)::integer as alerts
  from (
    select distinct on (rule)
      ${ALERT_COLUMNS}
    from alerts
    order by rule, observed_at desc, id collate "C" desc
  ) as last
  left join (
    select rule, count(*) as alerts
    from alerts
    where observed_at >= to_timestamp($1::double precision / 1000)
    group by rule
  ) as counted using (rule)
  order by rule`;

/** Reads the last alert of each rule that has raised one, and how many it has raised since an instant. */
export async function readRuleActivity(client: ClientBase, since: number): Promise<readonly RuleActivity[]> {
  const { rows } = await client.query<AlertRow & { readonly alerts: number }>(ACTIVITY, [since]);
  return rows.map((row) => ({ rule: row.rule, last: alertOfRow(row), count: row.alerts }));
}
