import type { QueryClient, QueryKey } from '@tanstack/react-query';

/**
 * Fetches the queries that begin with this key again, or all: those on screen now, the others when they are shown again. A first fetch
 * that is under way begins anew, because its result may be older than what has changed; `invalidateQueries` would take it for current.
 */
export function outdate(queryClient: QueryClient, queryKey: QueryKey = []): void {
  const first = queryClient.getQueryCache().findAll({
    queryKey,
    type: 'active',
    fetchStatus: 'fetching',
    predicate: ({ state }) => state.data === undefined,
  });
  // Silently: the next fetch takes its place.
  for (const query of first) void query.cancel({ silent: true });
  void queryClient.invalidateQueries({ queryKey });
}
