import { useInfiniteQuery } from '@tanstack/react-query';
import type { AlertFilter } from '../../shared/domain/alert-query.ts';
import { useMonitor } from '../api/monitor-context.ts';
import { alertQuery } from './alert-pages.ts';

/** The loaded pages of alerts that match the filter, newest first, and a function to load more. */
export function useAlerts(filter: AlertFilter) {
  return useInfiniteQuery(alertQuery(useMonitor().client, filter));
}
