import '../../renderer/styles/mantine.ts';
import '../../renderer/styles/tokens.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useState } from 'react';
import { createRoot } from 'react-dom/client';
import { AlertPanel } from '../../renderer/alerts/alert-panel.tsx';
import { liveAlerts } from '../../renderer/alerts/live-alerts.ts';
import { afterNextFrame } from '../../renderer/api/after-frame.ts';
import type { Client } from '../../renderer/api/client.ts';
import { createHostRequests } from '../../renderer/api/host-requests.ts';
import { startLiveUpdates } from '../../renderer/api/live-updates.ts';
import { createMonitorClock } from '../../renderer/api/monitor-clock.ts';
import { type Monitor, MonitorContext } from '../../renderer/api/monitor-context.ts';
import { observable } from '../../renderer/observable/observable.ts';
import { resolveVariables, theme } from '../../renderer/theme.ts';
import type { Alert } from '../../shared/domain/alert.ts';

declare global {
  interface Window {
    historyPage: {
      /** Raises an alert with the current time. */
      raise(): void;
      /** Advances the clock by a second. */
      tick(): void;
      /** The number of reads of alerts and of the clock since the last call, and the number of subscribers of the clock. */
      work(): { readonly reads: number; readonly clockReads: number; readonly watchers: number };
    };
  }
}

const COINS = ['bitcoin', 'ethereum', 'zcash'];
const START = Date.UTC(2026, 0, 5, 12);
const count = Number(new URLSearchParams(window.location.search).get('alerts') ?? 100);
let now = START;
let tick: () => void = () => undefined;
const work = { reads: 0, clockReads: 0, watchers: 0 };

function alertOf(index: number, observedAt: number): Alert {
  const changePct = index % 2 === 0 ? 2.4 : -2.4;
  const alert: Alert = {
    id: `a${String(index).padStart(6, '0')}`,
    rule: 'moving-average',
    coinId: COINS[index % COINS.length] ?? 'bitcoin',
    vsCurrency: 'usd',
    source: 'coingecko',
    observedAt,
    price: 60_000 + index,
    kind: 'moving-average',
    params: { thresholdPct: 2, windowMinutes: 5 },
    severity: 'warning',
    direction: changePct > 0 ? 'up' : 'down',
    figures: { average: 58_000, changePct },
  };
  return new Proxy(alert, {
    get(target, name) {
      work.reads += 1;
      return Reflect.get(target, name);
    },
  });
}

/** Newest first. */
const alerts: Alert[] = [];
for (let index = 0; index < count; index++) alerts.unshift(alertOf(index, START - (count - index) * 60_000));

const listeners = new Map<string, ((payload: never) => void)[]>();
type AlertsInput = { readonly limit: number; readonly before?: { readonly id: string } };
const responses: Readonly<Record<string, (input: never) => unknown>> = {
  alerts({ limit, before }: AlertsInput) {
    const from = before === undefined ? 0 : alerts.findIndex(({ id }) => id === before.id) + 1;
    const page = alerts.slice(from, from + limit);
    const last = page.at(-1);
    const next = from + limit < alerts.length && last ? { observedAt: last.observedAt, id: last.id } : null;
    return { alerts: page, next };
  },
  'alerts.unread': () => ({ alertIds: [] }),
};
/** A client that returns the alert objects themselves and no copies, so that reads of their properties can be counted. */
const client = {
  call: async (procedure: string, input: unknown) => responses[procedure]?.(input as never),
  on(event: string, listener: (payload: never) => void) {
    listeners.set(event, [...(listeners.get(event) ?? []), listener]);
    return () => listeners.set(event, listeners.get(event)?.filter((one) => one !== listener) ?? []);
  },
  onConnection: () => () => undefined,
} as unknown as Client;

const real = createMonitorClock(
  () => now,
  (_period, onTick) => {
    tick = onTick;
    return () => undefined;
  },
);
const clock: Monitor['clock'] = {
  ...real,
  get() {
    work.clockReads += 1;
    return real.get();
  },
  subscribe(onChange) {
    work.watchers += 1;
    const unsubscribe = real.subscribe(onChange);
    return () => {
      work.watchers -= 1;
      unsubscribe();
    };
  },
};
const connection = observable<'connected' | 'connecting' | 'lost' | 'expired'>('connected');
const monitor: Monitor = { client, clock, connection, hostRequests: createHostRequests(client) };
const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false, networkMode: 'always' } } });

window.historyPage = {
  raise() {
    now += 1;
    const alert = alertOf(alerts.length, now);
    alerts.unshift(alert);
    for (const listener of listeners.get('alert') ?? []) listener(alert as never);
  },
  tick() {
    now += 1_000;
    tick();
  },
  work() {
    const { reads, clockReads, watchers } = work;
    Object.assign(work, { reads: 0, clockReads: 0 });
    return { reads, clockReads, watchers };
  },
};

const ignore = (): void => undefined;

function Page() {
  const [chosen, setChosen] = useState<Alert | null>(null);
  return (
    <div style={{ display: 'grid', height: '100dvh' }}>
      <AlertPanel chosen={chosen} onShow={setChosen} onShowRule={ignore} />
    </div>
  );
}

startLiveUpdates({ queryClient, client, connection, afterNextFrame }, [liveAlerts]);
createRoot(document.getElementById('root') ?? document.body).render(
  <MantineProvider theme={theme} cssVariablesResolver={resolveVariables} defaultColorScheme="auto">
    <QueryClientProvider client={queryClient}>
      <MonitorContext value={monitor}>
        <Page />
      </MonitorContext>
    </QueryClientProvider>
  </MantineProvider>,
);
