import type { QueryClient } from '@tanstack/react-query';
import type { DatabaseState } from '../../shared/domain/database-state.ts';
import type { Snapshot } from '../../shared/domain/snapshot.ts';
import type { Client } from './client.ts';
import { type Connection, nextConnection } from './connection.ts';
import type { Observable } from './observable.ts';
import { SNAPSHOT_KEY, withStatus, withUpdates } from './snapshot-query.ts';

type LiveParts = {
  readonly queryClient: QueryClient;
  readonly client: Client;
  readonly connection: Observable<Connection> & { set(value: Connection): void };
};

/** What a feature of the page needs to keep what it has fetched current by itself. */
export type LiveFeature = (page: {
  readonly queryClient: QueryClient;
  readonly client: Pick<Client, 'on'>;
  /** Calls the listener when the database has become ready: what could not be read before can be now. */
  onDatabaseReady(listener: () => void): void;
}) => void;

/**
 * Keeps what the page has fetched current with what the monitor tells, for as long as the page lives: the snapshot here, all
 * else by the features that fetch it. After a loss of the connection everything is fetched anew, because events were missed.
 */
export function startLiveUpdates(
  { queryClient, client, connection }: LiveParts,
  features: readonly LiveFeature[],
): void {
  const onReady: (() => void)[] = [];
  const patchSnapshot = (patch: (snapshot: Snapshot) => Snapshot): void => {
    queryClient.setQueryData<Snapshot>(SNAPSHOT_KEY, (snapshot) => snapshot && patch(snapshot));
  };

  client.on('prices', (updates) => patchSnapshot((snapshot) => withUpdates(snapshot, updates)));

  client.on('status', (status) => {
    const before = queryClient.getQueryData<Snapshot>(SNAPSHOT_KEY)?.status.database;
    patchSnapshot((snapshot) => withStatus(snapshot, status));
    if (becameReady(before, status.database)) for (const listener of onReady) listener();
  });

  client.on('reset', () => void queryClient.invalidateQueries());

  client.onConnection((connected) => {
    const before = connection.get();
    connection.set(nextConnection(before, connected));
    if (connected && before === 'lost') void queryClient.invalidateQueries();
  });

  for (const start of features) {
    start({ queryClient, client, onDatabaseReady: (listener) => void onReady.push(listener) });
  }
}

function becameReady(before: DatabaseState | undefined, now: DatabaseState): boolean {
  return before !== undefined && before.status !== 'ready' && now.status === 'ready';
}
