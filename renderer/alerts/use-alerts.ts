import { useInfiniteQuery } from '@tanstack/react-query';
import { useMonitor } from '../api/monitor-context.ts';
import { alertQuery, joinAlerts } from './alert-query.ts';

/** The alerts that are loaded, newest first, and the way to load more. */
export function useAlerts() {
  return useInfiniteQuery({ ...alertQuery(useMonitor().client), select: joinAlerts });
}
