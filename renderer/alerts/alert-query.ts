import { type InfiniteData, infiniteQueryOptions } from '@tanstack/react-query';
import type { ProcedureOutput } from '../../shared/contract/procedures.ts';
import type { Alert } from '../../shared/domain/alert.ts';
import type { AlertCursor, AlertFilter } from '../../shared/domain/alert-query.ts';
import type { Client } from '../api/client.ts';

export type AlertPage = ProcedureOutput<'alerts'>;
export type AlertData = InfiniteData<AlertPage, AlertCursor | undefined>;

export const ALERTS_KEY = ['alerts'] as const;

const PAGE_LIMIT = 50;
/** The most alerts that stay in memory when a page is open for months, unless the user loads more. */
const MOST_KEPT = 200;

/** The alerts that match the filter, newest first, in pages. Events prepend new ones. */
export function alertQuery(client: Client, filter: AlertFilter = {}) {
  const isFiltered = Object.keys(filter).length > 0;
  return infiniteQueryOptions({
    queryKey: isFiltered ? [...ALERTS_KEY, filter] : ALERTS_KEY,
    queryFn: ({ pageParam }): Promise<AlertPage> =>
      client.call('alerts', {
        limit: PAGE_LIMIT,
        ...(isFiltered && { filter }),
        ...(pageParam && { before: pageParam }),
      }),
    initialPageParam: undefined as AlertCursor | undefined,
    getNextPageParam: (oldest) => oldest.next ?? undefined,
    // Events keep it current, even when it is not on screen.
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The list with a new alert prepended; the same list when it contains the alert. */
export function withAlert(data: AlertData, alert: Alert): AlertData {
  const [newest, ...older] = data.pages;
  if (newest === undefined) return data;
  if (data.pages.some((page) => page.alerts.some(({ id }) => id === alert.id))) return data;
  const alerts = [alert, ...newest.alerts].toSorted(byNewest);
  const kept = older.length === 0 ? alerts.slice(0, MOST_KEPT) : alerts;
  const last = kept.at(-1);
  // Dropped alerts are loaded again after the last one that is kept.
  const next =
    kept.length < alerts.length && last ? { observedAt: last.observedAt, id: last.id } : newest.next;
  return { ...data, pages: [{ alerts: kept, next }, ...older] };
}

/** The list with an alert as it is now, where it is in the list. */
export function withChanged(data: AlertData, alert: Alert): AlertData {
  const pages = data.pages.map((page) => ({
    ...page,
    alerts: page.alerts.map((one) => (one.id === alert.id ? alert : one)),
  }));
  return { ...data, pages };
}

const byNewest = (a: Alert, b: Alert): number =>
  b.observedAt - a.observedAt || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);

/** The alerts of all pages without duplicates: pages overlap when alerts arrive between their requests. */
export function joinAlerts(data: AlertData): readonly Alert[] {
  return [...new Map(data.pages.flatMap(({ alerts }) => alerts).map((alert) => [alert.id, alert])).values()];
}
