import '../../renderer/api/zod-without-eval.ts';
import '../../renderer/styles/mantine.ts';
import '../../renderer/styles/tokens.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useReducer } from 'react';
import { createRoot } from 'react-dom/client';
import { afterNextFrame } from '../../renderer/api/after-frame.ts';
import { createClient } from '../../renderer/api/client.ts';
import { createHostRequests } from '../../renderer/api/host-requests.ts';
import { startLiveUpdates } from '../../renderer/api/live-updates.ts';
import { createMonitorClock } from '../../renderer/api/monitor-clock.ts';
import { type Monitor, MonitorContext } from '../../renderer/api/monitor-context.ts';
import { snapshotQuery } from '../../renderer/api/snapshot-query.ts';
import { ChartGrid } from '../../renderer/chart/chart-grid.tsx';
import { liveChart } from '../../renderer/chart/live-chart.ts';
import { nextChoice } from '../../renderer/chart/model/chart-choice.ts';
import { LIVE_VIEW } from '../../renderer/chart/model/chart-view.ts';
import { observable } from '../../renderer/observable/observable.ts';
import { resolveVariables, theme } from '../../renderer/theme.ts';
import { INTERVALS } from '../../shared/domain/interval.ts';
import { marketOf, type PageOptions } from './market.ts';
import { quoteOf, scriptedBridge } from './scripted-bridge.ts';

declare global {
  interface Window {
    /** Controls of the page, whose clock stands still until a test advances it. */
    chartPage: {
      advance(ms: number): void;
      /** Emits a new price of a coin, with the current time. */
      price(coinId: string, price: number): void;
      /** Whether all requests of the page have responses; never in the state "loading". */
      isSettled(): boolean;
    };
  }
}

const words = new URLSearchParams(window.location.search);
const options: PageOptions = {
  state: words.get('state') ?? 'live',
  price: Number(words.get('price') ?? 60_000),
  volume: words.get('volume') ?? 'traded',
};
const interval = INTERVALS.find((one) => one === words.get('interval')) ?? '1m';
const market = marketOf(options);
let now = market.now;
let tick: () => void = () => undefined;
const bridge = scriptedBridge(market);
const client = createClient(bridge);
const clock = createMonitorClock(
  () => now,
  (_period, onTick) => {
    tick = onTick;
    return () => undefined;
  },
);
const connection = observable<'connected' | 'connecting' | 'lost' | 'expired'>('connecting');
const monitor: Monitor = { client, clock, connection, hostRequests: createHostRequests(client) };
const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false, networkMode: 'always' } } });

window.chartPage = {
  advance(ms) {
    now += ms;
    tick();
  },
  price(coinId, price) {
    const { recent: _, ...update } = { ...quoteOf(market, coinId), price, observedAt: now };
    bridge.emit({ event: 'prices', payload: [update] });
  },
  isSettled: () => options.state === 'loading' || queryClient.isFetching() === 0,
};

function Page() {
  const [choice, dispatch] = useReducer(nextChoice, {
    coinId: 'bitcoin',
    interval,
    view: LIVE_VIEW,
    alert: null,
  });
  return (
    <div style={{ display: 'grid', height: '100dvh' }}>
      <ChartGrid coinId={choice.coinId ?? 'bitcoin'} vsCurrency="usd" choice={choice} dispatch={dispatch} />
    </div>
  );
}

startLiveUpdates({ queryClient, client, connection, afterNextFrame }, [liveChart]);
if (options.state === 'lost') connection.set('lost');
await queryClient.prefetchQuery(snapshotQuery(monitor));
createRoot(document.getElementById('root') ?? document.body).render(
  <MantineProvider theme={theme} cssVariablesResolver={resolveVariables} defaultColorScheme="auto">
    <QueryClientProvider client={queryClient}>
      <MonitorContext value={monitor}>
        <Page />
      </MonitorContext>
    </QueryClientProvider>
  </MantineProvider>,
);
