import './api/zod-without-eval.ts';
import './styles/mantine.ts';
import './styles/tokens.css';
import { MantineProvider } from '@mantine/core';
import { notifyManager, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ErrorBoundary } from 'react-error-boundary';
import { ApiError } from '../shared/contract/api-error.ts';
import { liveAlerts } from './alerts/live-alerts.ts';
import { afterNextFrame } from './api/after-frame.ts';
import { createClient } from './api/client.ts';
import type { Connection } from './api/connection.ts';
import { openHostBridge } from './api/host-bridge.ts';
import { createHostRequests } from './api/host-requests.ts';
import { startLiveUpdates } from './api/live-updates.ts';
import { createMonitorClock } from './api/monitor-clock.ts';
import { type Monitor, MonitorContext } from './api/monitor-context.ts';
import { snapshotQuery } from './api/snapshot-query.ts';
import { liveChart } from './chart/live-chart.ts';
import { observable } from './observable/observable.ts';
import { loadChannels, loadRules, loadSettings, loadTransfer } from './page/load-dialogs.ts';
import { Page } from './page/page.tsx';
import { PageFailure } from './page/page-failure.tsx';
import { loadWithStyles, markFailedStyles } from './parts/failed-styles.ts';
import { liveRules } from './rules/live-rules.ts';
import { resolveVariables, theme } from './theme.ts';

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // The monitor is on this machine and reachable without the internet.
      networkMode: 'always',
      refetchOnWindowFocus: false,
      retry: (failures, error) =>
        failures < 3 && !(error instanceof ApiError && error.code === 'bad-request'),
      retryDelay: (failures) => Math.min(500 * 2 ** failures, 5_000),
    },
  },
});

// Renders each event in its own task. By default, TanStack Query waits for a timer, and for events that arrive until then.
notifyManager.setScheduler(queueMicrotask);

/** After this time, the first view is rendered, and code for later can be loaded. */
const SETTLED_MS = 1_000;

/** Resolves when the page has the focus: a window that is hidden since the start may never be used. */
function whenUsed(): Promise<void> {
  return new Promise((resolve) => {
    if (document.hasFocus()) resolve();
    else window.addEventListener('focus', () => resolve(), { once: true });
  });
}

const connection = observable<Connection>('connecting');
const client = createClient(openHostBridge(() => connection.set('expired')));
const clock = createMonitorClock(Date.now, (periodMs, onTick) => {
  const timer = setInterval(onTick, periodMs);
  return () => clearInterval(timer);
});
// Subscribed before rendering, so that a request from the tray during loading is not lost.
const hostRequests = createHostRequests(client);
const monitor: Monitor = { client, clock, connection, hostRequests };

markFailedStyles();
startLiveUpdates({ queryClient, client, connection, afterNextFrame }, [liveAlerts, liveChart, liveRules]);
// Fetches the snapshot before rendering, so that the first price arrives while React starts. Then loads the code of the chart, while
// its candles are being fetched, and, on a page that is used, that of the dialogs, which is unavailable once the program has exited.
// What fails here is retried when it is needed.
void queryClient
  .prefetchQuery(snapshotQuery(monitor))
  .then(() => import('./chart/chart-stage.tsx'))
  .then(whenUsed)
  .then(() => new Promise((resolve) => setTimeout(resolve, SETTLED_MS)))
  .then(() =>
    Promise.allSettled(
      [loadSettings, loadRules, loadChannels, loadTransfer].map((load) => loadWithStyles(load)),
    ),
  )
  .catch(() => undefined);

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id "root".');
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={resolveVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <MonitorContext value={monitor}>
          <ErrorBoundary FallbackComponent={PageFailure}>
            <Page />
          </ErrorBoundary>
        </MonitorContext>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
