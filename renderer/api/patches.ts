import type { Query, QueryClient, QueryKey } from '@tanstack/react-query';

type Patch = (data: object) => object;

/**
 * Applies events to the cached data of queries, for the lifetime of the page. The result of a fetch that is in progress during an
 * event may have been read before it and replaces the patched data, so the patch is applied to the result, too. Patches must
 * therefore be idempotent.
 *
 * @returns patches all queries that have data and whose key begins with the given one
 */
export function createPatches(
  queryClient: QueryClient,
): <Data extends object>(queryKey: QueryKey, patch: (data: Data, queryKey: QueryKey) => Data) => void {
  const cache = queryClient.getQueryCache();
  /** The patches since the fetch began, by the hash of the query. */
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
