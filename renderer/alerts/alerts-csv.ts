import type { Alert } from '../../shared/domain/alert.ts';
import { alertMessage } from '../../shared/domain/alert-message.ts';
import type { AlertCursor, AlertFilter } from '../../shared/domain/alert-query.ts';
import { text } from '../../shared/messages/message.ts';
import type { Client } from '../api/client.ts';

const COLUMNS = [
  'time',
  'coin',
  'currency',
  'rule',
  'kind',
  'severity',
  'direction',
  'price',
  'message',
  'source',
  'params',
  'figures',
  'inhibitedBy',
  'resolvedAt',
  'endReason',
  'id',
] as const;

const PAGE_LIMIT = 200;

/** Alerts as CSV (RFC 4180) with a header. Times are ISO 8601 in UTC; parameters, figures and what inhibits an alert are JSON. */
export function csvOfAlerts(alerts: readonly Alert[]): string {
  return [COLUMNS.join(','), ...alerts.map(lineOf)].map((line) => `${line}\r\n`).join('');
}

function lineOf(alert: Alert): string {
  return [
    new Date(alert.observedAt).toISOString(),
    alert.coinId,
    alert.vsCurrency,
    alert.rule,
    alert.kind,
    alert.severity,
    alert.direction ?? '',
    String(alert.price),
    text(alertMessage(alert)),
    alert.source,
    JSON.stringify(alert.params),
    JSON.stringify(alert.figures),
    alert.inhibitedBy === undefined ? '' : JSON.stringify(alert.inhibitedBy),
    alert.resolution === undefined ? '' : new Date(alert.resolution.resolvedAt).toISOString(),
    alert.resolution?.reason ?? '',
    alert.id,
  ]
    .map(quoted)
    .join(',');
}

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/**
 * All alerts that match the filter, newest first, a page at a time.
 *
 * @param onProgress called with the number of alerts so far
 */
export async function readAllAlerts(
  client: Pick<Client, 'call'>,
  filter: AlertFilter,
  onProgress: (count: number) => void,
): Promise<readonly Alert[]> {
  const alerts: Alert[] = [];
  let before: AlertCursor | null = null;
  do {
    const page: { readonly alerts: readonly Alert[]; readonly next: AlertCursor | null } = await client.call(
      'alerts',
      { limit: PAGE_LIMIT, filter, ...(before && { before }) },
    );
    alerts.push(...page.alerts);
    onProgress(alerts.length);
    before = page.next;
  } while (before !== null);
  return alerts;
}
