import { useInfiniteQuery } from '@tanstack/react-query';
import { useMonitor } from '../api/monitor-context.ts';
import { alertQuery, joinAlerts } from './alert-query.ts';

/** The loaded alerts, newest first, and a function to load more. */
export function useAlerts() {
  return useInfiniteQuery({ ...alertQuery(useMonitor().client), select: joinAlerts });
}
