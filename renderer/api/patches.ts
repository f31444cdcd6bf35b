import type { Query, QueryClient, QueryKey } from '@tanstack/react-query';

type Patch = (data: object) => object;

/**
 * Changes the data of queries by events, for the lifetime of the page. While a query is being fetched, what comes may have been read
 * before the event, and takes the place of what was changed: the changes are then made again. So making one twice has to be harmless.
 *
 * @returns patches all queries whose key begins with this one, and that have data
 */
export function createPatches(
  queryClient: QueryClient,
): <Data extends object>(queryKey: QueryKey, patch: (data: Data, queryKey: QueryKey) => Data) => void {
  const cache = queryClient.getQueryCache();
  /** What was patched since the fetch began, by the hash of the query. */
  const again = new Map<string, Patch[]>();
  const apply = ({ queryKey }: Query, patches: readonly Patch[]): void => {
    const data = queryClient.getQueryData<object>(queryKey);
    if (data !== undefined)
      queryClient.setQueryData(
        queryKey,
        patches.reduce((patched, patch) => patch(patched), data),
      );
  };

  cache.subscribe(({ query }) => {
    const patches = again.get(query.queryHash);
    if (patches === undefined || query.state.fetchStatus === 'fetching') return;
    again.delete(query.queryHash);
    apply(query, patches);
  });

  return <Data extends object>(queryKey: QueryKey, patch: (data: Data, key: QueryKey) => Data) => {
    for (const query of cache.findAll({ queryKey })) {
      const own: Patch = (data) => patch(data as Data, query.queryKey);
      if (query.state.fetchStatus === 'fetching')
        again.set(query.queryHash, [...(again.get(query.queryHash) ?? []), own]);
      apply(query, [own]);
    }
  };
}
