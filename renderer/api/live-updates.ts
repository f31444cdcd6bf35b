import type { QueryClient } from '@tanstack/react-query';
import type { DatabaseState, Snapshot } from '../../shared/domain.ts';
import { ALERTS_KEY, type AlertData, withAlert } from '../alerts/alert-query.ts';
import { ALERT_MARKS_KEY } from '../chart/alert-marks.ts';
import { CANDLES_KEY, foldQuote } from '../chart/candle-query.ts';
import type { Client } from './client.ts';
import { type Connection, nextConnection } from './connection.ts';
import type { Observable } from './observable.ts';
import { SNAPSHOT_KEY, withQuotes, withStatus } from './snapshot-query.ts';

type LiveParts = {
  readonly queryClient: QueryClient;
  readonly client: Client;
  readonly connection: Observable<Connection> & { set(value: Connection): void };
};

/**
 * Keeps what the page has fetched current with what the monitor tells, for as long as the page lives. After a loss of
 * the connection everything is fetched anew, because events were missed.
 */
export function startLiveUpdates({ queryClient, client, connection }: LiveParts): void {
  const patchSnapshot = (patch: (snapshot: Snapshot) => Snapshot): void => {
    queryClient.setQueryData<Snapshot>(SNAPSHOT_KEY, (snapshot) => snapshot && patch(snapshot));
  };

  client.on('prices', (quotes) => {
    patchSnapshot((snapshot) => withQuotes(snapshot, quotes));
    for (const quote of quotes) foldQuote(queryClient, quote);
  });

  client.on('status', (status) => {
    const before = queryClient.getQueryData<Snapshot>(SNAPSHOT_KEY)?.status.database;
    patchSnapshot((snapshot) => withStatus(snapshot, status));
    if (becameReady(before, status.database)) {
      void queryClient.invalidateQueries({ queryKey: CANDLES_KEY });
      void queryClient.invalidateQueries({ queryKey: ALERTS_KEY });
      void queryClient.invalidateQueries({ queryKey: ALERT_MARKS_KEY });
    }
  });

  client.on('alert', (alert) => {
    queryClient.setQueryData<AlertData>(ALERTS_KEY, (data) => data && withAlert(data, alert));
    void queryClient.invalidateQueries({ queryKey: [...ALERT_MARKS_KEY, alert.coinId] });
  });

  client.on('history', ({ coinId, vsCurrency }) => {
    void queryClient.invalidateQueries({ queryKey: [...CANDLES_KEY, coinId, vsCurrency] });
  });

  client.on('reset', () => void queryClient.invalidateQueries());

  client.onConnection((connected) => {
    const before = connection.get();
    connection.set(nextConnection(before, connected));
    if (connected && before === 'lost') void queryClient.invalidateQueries();
  });
}

function becameReady(before: DatabaseState | undefined, now: DatabaseState): boolean {
  return before !== undefined && before.status !== 'ready' && now.status === 'ready';
}
