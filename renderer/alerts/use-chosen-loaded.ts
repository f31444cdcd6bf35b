import { useEffect } from 'react';
import type { Alert } from '../../shared/domain/alert.ts';
import type { useAlerts } from './use-alerts.ts';

/** No more pages than this are loaded to find an alert. */
const MAX_PAGES = 5;

/** Loads older alerts until the chosen one, which may come from a chart, is in the list. */
export function useChosenLoaded(chosen: Alert | null, alerts: ReturnType<typeof useAlerts>): void {
  const { data, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = alerts;
  useEffect(() => {
    if (chosen === null || data === undefined || data.pages.length >= MAX_PAGES) return;
    if (!hasNextPage || isFetchingNextPage || isFetchNextPageError) return;
    const oldest = data.pages.at(-1)?.alerts.at(-1);
    if (oldest !== undefined && oldest.observedAt > chosen.observedAt) void fetchNextPage();
  }, [chosen, data, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage]);
}
