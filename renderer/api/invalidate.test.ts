import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { expect, it, vi } from 'vitest';
import { invalidate } from './invalidate.ts';

it('restarts a first fetch whose result may predate the change', async () => {
  const queryClient = new QueryClient();
  const requests: PromiseWithResolvers<string>[] = [];
  const query = {
    queryKey: ['candles', 'bitcoin'],
    queryFn: () => {
      const request = Promise.withResolvers<string>();
      requests.push(request);
      return request.promise;
    },
    retry: false,
  };
  const observer = new QueryObserver(queryClient, query);
  const seen: unknown[] = [];
  const stop = observer.subscribe(({ data, error }) => void seen.push(error ?? data));
  expect(requests).toHaveLength(1);
  invalidate(queryClient, ['candles']);
  await vi.waitFor(() => expect(requests).toHaveLength(2));
  requests[1]?.resolve('with history');
  await vi.waitFor(() => expect(observer.getCurrentResult().data).toBe('with history'));
  requests[0]?.resolve('without');
  await requests[0]?.promise;
  expect(observer.getCurrentResult()).toMatchObject({ data: 'with history', isFetching: false });
  expect(seen.filter((each) => each !== undefined && each !== 'with history')).toEqual([]);

  // Other queries are not affected, and a query that has data is fetched again.
  invalidate(queryClient, ['alerts']);
  expect(requests).toHaveLength(2);
  invalidate(queryClient);
  await vi.waitFor(() => expect(requests).toHaveLength(3));
  stop();
  queryClient.clear();
});
