import { QueryClient } from '@tanstack/react-query';
import { expect, it } from 'vitest';
import type { EventName } from '../../shared/contract/events.ts';
import type { Alert } from '../../shared/domain/alert.ts';
import { alertOf } from '../../shared/domain/alert-fixture.ts';
import type { Client } from '../api/client.ts';
import { type AlertPage, alertQuery } from './alert-pages.ts';
import { liveAlerts } from './live-alerts.ts';
import { unreadQuery } from './unread-query.ts';

const alert = (observedAt: number): Alert => alertOf({ id: `a${observedAt}`, observedAt });

/** The cache of a page whose responses come when the test sends them, and the function that emits events. */
function startPage() {
  const queryClient = new QueryClient();
  const listeners = new Map<EventName, (payload: never) => void>();
  const requests: PromiseWithResolvers<unknown>[] = [];
  const client = {
    on: (event: EventName, listener: (payload: never) => void) => void listeners.set(event, listener),
    call() {
      const request = Promise.withResolvers<unknown>();
      requests.push(request);
      return request.promise;
    },
  } as unknown as Client;
  liveAlerts({ queryClient, client, onDatabaseReady: () => undefined });
  const page: AlertPage = { alerts: [alert(1)], next: null };
  const fetchAlerts = () => queryClient.fetchInfiniteQuery({ ...alertQuery(client), staleTime: 0 });
  return {
    queryClient,
    client,
    requests,
    page,
    fetchAlerts,
    emit: (event: EventName, payload: unknown) => listeners.get(event)?.(payload as never),
    shown: () =>
      queryClient
        .getQueryData(alertQuery(client).queryKey)
        ?.pages.flatMap(({ alerts }) => alerts.map(({ id, resolution }) => [id, resolution?.reason])),
  };
}

it('keeps an alert and a resolution that arrive during a fetch that does not include them', async () => {
  const { requests, page, fetchAlerts, emit, shown } = startPage();
  const first = fetchAlerts();
  requests[0]?.resolve(page);
  await first;

  const again = fetchAlerts();
  const resolution = {
    alertId: 'a1',
    resolvedAt: 3,
    reason: 'over',
    extreme: { observedAt: 1, price: 1, figures: {} },
  };
  emit('alert', alert(2));
  emit('alert-resolved', { ...alert(1), resolution });
  expect(shown()).toEqual([
    ['a2', undefined],
    ['a1', 'over'],
  ]);
  requests[1]?.resolve(page);
  await again;
  expect(shown()).toEqual([
    ['a2', undefined],
    ['a1', 'over'],
  ]);
  emit('alert', alert(4));
  expect(shown()?.map(([id]) => id)).toEqual(['a4', 'a2', 'a1']);
});

it('keeps an alert that arrives during the first fetch of the list', async () => {
  const { requests, page, fetchAlerts, emit, shown } = startPage();
  const first = fetchAlerts();
  emit('alert', alert(2));
  requests[0]?.resolve(page);
  await first;
  expect(shown()?.map(([id]) => id)).toEqual(['a2', 'a1']);
});

it('has the right unread count, even if alerts are read during its fetch', async () => {
  const { queryClient, client, requests, emit } = startPage();
  const fetched = queryClient.fetchQuery(unreadQuery(client));
  emit('alert', alert(2));
  emit('alerts-read', { alertIds: ['a1'] });
  requests[0]?.resolve({ alertIds: ['a1'] });
  await fetched;
  expect(queryClient.getQueryData(unreadQuery(client).queryKey)).toEqual({ alertIds: ['a2'] });
});
