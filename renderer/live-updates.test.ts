import { QueryClient } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';
import type { EventName, EventPayload } from '../shared/contract/events.ts';
import { alertOf } from '../shared/domain/alert-fixture.ts';
import type { DatabaseState } from '../shared/domain/database-state.ts';
import type { Quote } from '../shared/domain/quote.ts';
import { quoteOf } from '../shared/domain/quote-fixture.ts';
import type { Snapshot } from '../shared/domain/snapshot.ts';
import { verbatim } from '../shared/messages/message.ts';
import { ALERTS_KEY, type AlertData } from './alerts/alert-pages.ts';
import { liveAlerts } from './alerts/live-alerts.ts';
import type { Client } from './api/client.ts';
import type { Connection } from './api/connection.ts';
import { startLiveUpdates } from './api/live-updates.ts';
import { SNAPSHOT_KEY } from './api/snapshot-query.ts';
import { CANDLES_KEY } from './chart/candle-query.ts';
import { liveChart } from './chart/live-chart.ts';
import { observable } from './observable/observable.ts';

const quote = (coinId: string, price: number): Quote => quoteOf({ coinId, price, observedAt: 1_000 });

const DOWN: DatabaseState = { status: 'down', since: 1, retryAt: 2, error: verbatim('connection refused') };
const snapshot: Snapshot = {
  version: '1',
  now: 1_000,
  clockSpeed: 1,
  simulated: false,
  vsCurrency: 'usd',
  pollSeconds: 60,
  alertRule: { thresholdPct: 2, windowMinutes: 5 },
  quotes: [quote('bitcoin', 1), quote('zcash', 2)],
  status: {
    feed: { status: 'live', lastSuccessAt: 1_000 },
    database: DOWN,
    queue: { waitingTicks: 0, deadLetters: 0 },
    alertsFile: { path: 'alerts.txt', isWritten: false, error: null, waitingLines: 0 },
    problems: [],
  },
};
const alert = alertOf({ id: 'a1', observedAt: 1_000 });

/** A page's cache with a snapshot, alerts and candles, and a monitor whose events are sent by `emit` and `connect`. */
function startPage() {
  const queryClient = new QueryClient();
  queryClient.setQueryData(SNAPSHOT_KEY, snapshot, { updatedAt: 1_000 });
  queryClient.setQueryData(ALERTS_KEY, { pages: [{ alerts: [], next: null }], pageParams: [undefined] });
  queryClient.setQueryData([...CANDLES_KEY, 'bitcoin', 'usd', '1m'], { pages: [], pageParams: [] });
  const listeners = new Map<string, ((payload: never) => void)[]>();
  let connect: (connected: boolean) => void = () => {};
  const afterFrame: (() => void)[] = [];
  const connection = observable<Connection>('connecting');
  const client: Client = {
    call: () => Promise.reject(new Error('No request is expected here.')),
    on(event, listener) {
      listeners.set(event, [...(listeners.get(event) ?? []), listener]);
      return () => {};
    },
    onConnection(listener) {
      connect = listener;
      listener(false);
      return () => {};
    },
  };
  startLiveUpdates({ queryClient, client, connection, afterNextFrame: (run) => afterFrame.push(run) }, [
    liveAlerts,
    liveChart,
  ]);
  return {
    connection,
    connect: (connected: boolean) => connect(connected),
    /** Paints the next frame. */
    paint(): void {
      for (const run of afterFrame.splice(0)) run();
    },
    emit<E extends EventName>(event: E, payload: EventPayload<E>): void {
      for (const listener of listeners.get(event) ?? []) listener(payload as never);
    },
    fetchedAt: () => queryClient.getQueryState(SNAPSHOT_KEY)?.dataUpdatedAt,
    snapshot: () => queryClient.getQueryData<Snapshot>(SNAPSHOT_KEY),
    alerts: () => queryClient.getQueryData<AlertData>(ALERTS_KEY)?.pages[0]?.alerts,
    isStale: (key: readonly string[]) =>
      queryClient
        .getQueryCache()
        .findAll({ queryKey: key })
        .every((query) => query.state.isInvalidated),
  };
}

describe('an event of the monitor', () => {
  it('replaces only the quotes of its coins', () => {
    const page = startPage();
    page.emit('prices', [quote('zcash', 3), quote('unknown', 4)]);
    expect(page.snapshot()?.quotes.map(({ price }) => price)).toEqual([1, 3]);
    expect(page.snapshot()?.quotes[0]).toBe(snapshot.quotes[0]);
  });

  it('does not change the time of the fetch, which would notify every component', () => {
    const page = startPage();
    const before = page.fetchedAt();
    page.emit('prices', [quote('zcash', 3)]);
    page.emit('status', snapshot.status);
    expect(page.fetchedAt()).toBe(before);
  });

  it('appends to the recent prices of a coin', () => {
    const page = startPage();
    const update = (price: number, observedAt: number) => {
      const { recent: _, ...rest } = { ...quote('zcash', price), observedAt };
      page.emit('prices', [rest]);
      return page.snapshot()?.quotes[1]?.recent;
    };
    const first = update(3, 10_000);
    expect(first).toEqual([[10_000, 3]]);
    expect(update(3, 10_000)).toBe(first);
    expect(update(4, 20_000)).toEqual([
      [10_000, 3],
      [20_000, 4],
    ]);
  });

  it('adds a new alert to the list after the price that raised it has been painted', () => {
    const page = startPage();
    page.emit('alert', alert);
    page.emit('alert', alert);
    expect(page.alerts()).toEqual([]);
    page.paint();
    expect(page.alerts()).toEqual([alert]);
  });

  it('refetches candles and alerts only when the database becomes available again', () => {
    const page = startPage();
    page.emit('status', { ...snapshot.status, queue: { waitingTicks: 5, deadLetters: 0 } });
    expect(page.snapshot()?.status.queue.waitingTicks).toBe(5);
    expect(page.isStale(CANDLES_KEY)).toBe(false);
    page.emit('status', { ...snapshot.status, database: { status: 'ready', kind: 'embedded' } });
    expect([CANDLES_KEY, ALERTS_KEY].map(page.isStale)).toEqual([true, true]);
    expect(page.isStale(SNAPSHOT_KEY)).toBe(false);
  });

  it('refetches the candles of a coin with new history, and no others', () => {
    const page = startPage();
    page.emit('history', { coinId: 'zcash', vsCurrency: 'usd' });
    expect(page.isStale(CANDLES_KEY)).toBe(false);
    page.emit('history', { coinId: 'bitcoin', vsCurrency: 'usd' });
    expect(page.isStale(CANDLES_KEY)).toBe(true);
    expect(page.isStale(SNAPSHOT_KEY)).toBe(false);
  });

  it('refetches everything after a reset, when the next frame has been painted', () => {
    const page = startPage();
    page.emit('reset', {});
    expect(page.isStale(SNAPSHOT_KEY)).toBe(false);
    page.paint();
    expect([SNAPSHOT_KEY, CANDLES_KEY, ALERTS_KEY].map(page.isStale)).toEqual([true, true, true]);
  });
});

describe('the connection', () => {
  it('is lost only after it was established, and refetches everything when it is back', () => {
    const page = startPage();
    expect(page.connection.get()).toBe('connecting');
    page.connect(true);
    expect(page.connection.get()).toBe('connected');
    expect(page.isStale(SNAPSHOT_KEY)).toBe(false);
    page.connect(false);
    expect(page.connection.get()).toBe('lost');
    page.connect(true);
    expect(page.connection.get()).toBe('connected');
    expect(page.isStale(SNAPSHOT_KEY)).toBe(true);
  });

  it('remains expired', () => {
    const page = startPage();
    page.connection.set('expired');
    page.connect(false);
    expect(page.connection.get()).toBe('expired');
  });
});
