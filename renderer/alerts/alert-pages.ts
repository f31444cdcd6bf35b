import { type InfiniteData, infiniteQueryOptions } from '@tanstack/react-query';
import type { ProcedureOutput } from '../../shared/contract/procedures.ts';
import type { Alert } from '../../shared/domain/alert.ts';
import type { AlertCursor, AlertFilter } from '../../shared/domain/alert-query.ts';
import type { Client } from '../api/client.ts';

export type AlertPage = ProcedureOutput<'alerts'>;
/**
 * The loaded alerts, newest first, in pages: each alert of a page is older than all of the page before. The newest page grows with
 * each alert; all others keep their identity, so that they are not rendered again.
 */
export type AlertData = InfiniteData<AlertPage, AlertCursor | undefined>;

export const ALERTS_KEY = ['alerts'] as const;

const FIRST_LIMIT = 50;
/** Of each page that the user loads. */
const OLDER_LIMIT = 200;
/** The number of alerts that are dropped, and drawn, at a time. */
export const CHUNK = 50;
/** The maximum of the newest page, however long the window is open. Pages that the user has loaded are kept. */
const MAX_NEWEST = 200;

/** The alerts that match the filter, newest first, in pages. Events prepend new ones. */
export function alertQuery(client: Client, filter: AlertFilter = {}) {
  const isFiltered = Object.keys(filter).length > 0;
  return infiniteQueryOptions({
    queryKey: isFiltered ? [...ALERTS_KEY, filter] : ALERTS_KEY,
    async queryFn({ pageParam, client: cache, queryKey }): Promise<AlertPage> {
      const known = cache.getQueryData<AlertData>(queryKey);
      const unchanged = unchangedPage(known, pageParam);
      if (unchanged !== undefined) return unchanged;
      const isShort = pageParam === undefined && (known?.pages.length ?? 0) < 2;
      const page = await client.call('alerts', {
        limit: isShort ? FIRST_LIMIT : OLDER_LIMIT,
        ...(isFiltered && { filter }),
        ...(pageParam && { before: pageParam }),
      });
      return pageParam === undefined ? upToOlder(page, known) : page;
    },
    initialPageParam: undefined as AlertCursor | undefined,
    getNextPageParam: (oldest) => oldest.next ?? undefined,
    // Events keep it current, even when it is not on screen.
    staleTime: Number.POSITIVE_INFINITY,
    // Unchanged pages already keep their identity; a comparison would read every alert for each new one.
    structuralSharing: false,
  });
}

/** The list with a new alert inserted; the same list if it contains the alert, or has not been loaded that far back. */
export function withAlert(data: AlertData, alert: Alert): AlertData {
  const { page, index } = placeOf(data.pages, alert);
  const found = data.pages[page];
  if (found === undefined || found.alerts[index]?.id === alert.id) return data;
  if (index === found.alerts.length && found.next !== null) return data;
  const grown = { ...found, alerts: found.alerts.toSpliced(index, 0, alert) };
  const pages = data.pages.with(page, grown);
  return page === 0 && grown.alerts.length > MAX_NEWEST
    ? withoutExcess({ ...data, pages })
    : { ...data, pages };
}

/** The list with the new state of an alert; the same list if it does not contain the alert. */
export function withChanged(data: AlertData, alert: Alert): AlertData {
  const { page, index } = placeOf(data.pages, alert);
  const found = data.pages[page];
  if (found === undefined || found.alerts[index]?.id !== alert.id) return data;
  return { ...data, pages: data.pages.with(page, { ...found, alerts: found.alerts.with(index, alert) }) };
}

/**
 * The known page that begins at a cursor, if it cannot have changed: all of its firings have ended, and no alert is added that far
 * back. A long list is therefore usually fetched again by reading only its newest page.
 */
function unchangedPage(known: AlertData | undefined, from: AlertCursor | undefined): AlertPage | undefined {
  if (known === undefined || from === undefined) return undefined;
  const index = known.pageParams.findIndex((param) => param !== undefined && byNewest(param, from) === 0);
  const page = known.pages[index];
  return page?.alerts.every(({ resolution }) => resolution !== undefined) ? page : undefined;
}

/** A newest page that was fetched again, cut off where the known one ended, so that the pages after it remain valid. */
function upToOlder(page: AlertPage, known: AlertData | undefined): AlertPage {
  const end = known?.pages[0]?.next;
  if (end == null || known?.pages.length === 1) return page;
  const kept = page.alerts.filter((alert) => byNewest(alert, end) <= 0);
  const reaches = kept.length < page.alerts.length || kept.at(-1)?.id === end.id;
  return reaches ? { alerts: kept, next: end } : page;
}

/** Shortens a newest page that is too long: drops its oldest alerts or, if older ones are shown, moves them to a separate page. */
function withoutExcess({ pages, pageParams }: AlertData): AlertData {
  const [newest, ...older] = pages;
  const kept = newest?.alerts.slice(0, -CHUNK) ?? [];
  const last = kept.at(-1);
  if (newest === undefined || last === undefined) return { pages, pageParams };
  const next = { observedAt: last.observedAt, id: last.id };
  const shorter = { alerts: kept, next };
  if (older.length === 0) return { pages: [shorter], pageParams };
  const excess = { alerts: newest.alerts.slice(-CHUNK), next: newest.next };
  return {
    pages: [shorter, excess, ...older],
    pageParams: pageParams.toSpliced(1, 0, next),
  };
}

/** Where an alert is, or would be: its page, and its index there. */
function placeOf(
  pages: readonly AlertPage[],
  alert: Alert,
): { readonly page: number; readonly index: number } {
  const isBefore = (one: Alert): boolean => byNewest(one, alert) < 0;
  const page = countFirst(pages, ({ alerts }) => {
    const oldest = alerts.at(-1);
    return oldest !== undefined && isBefore(oldest);
  });
  const last = Math.min(page, pages.length - 1);
  return { page: last, index: countFirst(pages[last]?.alerts ?? [], isBefore) };
}

/** The number of items that fulfil the condition, by binary search: all that do must precede those that do not. */
function countFirst<T>(items: readonly T[], condition: (item: T) => boolean): number {
  let [from, to] = [0, items.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const item = items[middle];
    if (item !== undefined && condition(item)) from = middle + 1;
    else to = middle;
  }
  return from;
}

const byNewest = (a: AlertCursor, b: AlertCursor): number =>
  b.observedAt - a.observedAt || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
