import type { QueryClient } from '@tanstack/react-query';
import type { EventName } from '../../shared/contract/events.ts';
import type { DatabaseState } from '../../shared/domain/database-state.ts';
import type { Snapshot } from '../../shared/domain/snapshot.ts';
import type { Observable } from '../observable/observable.ts';
import type { Client } from './client.ts';
import { type Connection, nextConnection } from './connection.ts';
import { invalidate } from './invalidate.ts';
import { SNAPSHOT_KEY, withStatus, withUpdates } from './snapshot-query.ts';

type LiveParts = {
  readonly queryClient: QueryClient;
  readonly client: Client;
  readonly connection: Observable<Connection> & { set(value: Connection): void };
  /** Calls back when the next frame has been painted. */
  readonly afterNextFrame: (onPainted: () => void) => void;
};

/** What a feature of the page needs to keep its own data current. */
export type LiveFeature = (page: {
  readonly queryClient: QueryClient;
  readonly client: Pick<Client, 'on'>;
  /** Calls the listener when the database becomes ready, so that failed reads can be repeated. */
  onDatabaseReady(listener: () => void): void;
}) => void;

/**
 * Keeps the page's data current with events, for the lifetime of the page: the snapshot here, everything else in the
 * features that fetch it. After a reconnection everything is fetched again, because events were missed.
 */
export function startLiveUpdates(
  { queryClient, client, connection, afterNextFrame }: LiveParts,
  features: readonly LiveFeature[],
): void {
  const onReady: (() => void)[] = [];
  const patchSnapshot = (patch: (snapshot: Snapshot) => Snapshot): void => {
    const before = queryClient.getQueryState<Snapshot>(SNAPSHOT_KEY);
    if (before?.data === undefined) return;
    // Keeps the time of the fetch: a new one would count as a new result in every component, whatever it shows.
    queryClient.setQueryData<Snapshot>(SNAPSHOT_KEY, patch(before.data), { updatedAt: before.dataUpdatedAt });
  };

  client.on('prices', (updates) => patchSnapshot((snapshot) => withUpdates(snapshot, updates)));

  client.on('status', (status) => {
    const before = queryClient.getQueryData<Snapshot>(SNAPSHOT_KEY)?.status.database;
    patchSnapshot((snapshot) => withStatus(snapshot, status));
    if (becameReady(before, status.database)) for (const listener of onReady) listener();
  });

  // A hidden window receives this event when it is shown: the cached data is painted first.
  client.on('reset', () => afterNextFrame(() => invalidate(queryClient)));

  client.onConnection((connected) => {
    const before = connection.get();
    connection.set(nextConnection(before, connected));
    if (connected && before === 'lost') invalidate(queryClient);
  });

  const ofFeatures: Pick<Client, 'on'> = {
    on: (event, listener) =>
      client.on(
        event,
        AFTER_PRICES.has(event) ? (payload) => afterNextFrame(() => listener(payload)) : listener,
      ),
  };
  for (const start of features) {
    start({ queryClient, client: ofFeatures, onDatabaseReady: (listener) => void onReady.push(listener) });
  }
}

/**
 * Events that follow a price. They are handled in order after the next frame has been painted, so that they do not delay the price
 * that raised an alert.
 */
const AFTER_PRICES: ReadonlySet<EventName> = new Set<EventName>(['alert', 'alert-resolved', 'alerts-read']);

function becameReady(before: DatabaseState | undefined, now: DatabaseState): boolean {
  return before !== undefined && before.status !== 'ready' && now.status === 'ready';
}
