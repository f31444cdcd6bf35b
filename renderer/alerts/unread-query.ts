import { queryOptions } from '@tanstack/react-query';
import type { ProcedureOutput } from '../../shared/contract/procedures.ts';
import type { Client } from '../api/client.ts';

export const UNREAD_KEY = ['alerts.unread'] as const;
/** The limit of the monitor: older ones count as read. */
const MAX_UNREAD = 500;

export type Unread = ProcedureOutput<'alerts.unread'>;

/** The unread alerts. Events keep it current. */
export function unreadQuery(client: Client) {
  return queryOptions({
    queryKey: UNREAD_KEY,
    queryFn: () => client.call('alerts.unread', {}),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function withNewAlert({ alertIds }: Unread, id: string): Unread {
  return alertIds.includes(id) ? { alertIds } : { alertIds: [id, ...alertIds].slice(0, MAX_UNREAD) };
}

/** Without the alerts that were read; null means all of them. */
export function withoutRead({ alertIds }: Unread, read: readonly string[] | null): Unread {
  if (read === null) return { alertIds: [] };
  const readIds = new Set(read);
  return { alertIds: alertIds.filter((id) => !readIds.has(id)) };
}
