import type { QueryClient, QueryKey } from '@tanstack/react-query';

/**
 * Invalidates the queries whose key begins with this one, or all: active ones are fetched now, others when they are next used. A
 * first fetch that is in progress is restarted, because its result may predate the change; `invalidateQueries` would accept it.
 */
export function invalidate(queryClient: QueryClient, queryKey: QueryKey = []): void {
  const first = queryClient.getQueryCache().findAll({
    queryKey,
    type: 'active',
    fetchStatus: 'fetching',
    predicate: ({ state }) => state.data === undefined,
  });
  // Silently, because the next fetch replaces it.
  for (const query of first) void query.cancel({ silent: true });
  void queryClient.invalidateQueries({ queryKey });
}
