import '../../renderer/api/zod-without-eval.ts';
import '../../renderer/styles/mantine.ts';
import '../../renderer/styles/tokens.css';
import { MantineProvider } from '@mantine/core';
import { type InfiniteData, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type Dispatch, useReducer } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { createClient } from '../../renderer/api/client.ts';
import { createHostRequests } from '../../renderer/api/host-requests.ts';
import { createMonitorClock } from '../../renderer/api/monitor-clock.ts';
import { type Monitor, MonitorContext } from '../../renderer/api/monitor-context.ts';
import { snapshotQuery } from '../../renderer/api/snapshot-query.ts';
import { CANDLES_KEY } from '../../renderer/chart/candle-query.ts';
import { ChartPanel } from '../../renderer/chart/chart-panel.tsx';
import { foldUpdate } from '../../renderer/chart/live-candles.ts';
import {
  type CandlePage,
  newestPage,
  type OlderThan,
  olderPage,
  PAGE_LIMIT,
} from '../../renderer/chart/model/candle-page.ts';
import { type ChartAction, nextChoice } from '../../renderer/chart/model/chart-choice.ts';
import { observable } from '../../renderer/observable/observable.ts';
import '../../renderer/chart/chart-stage.tsx';
import { resolveVariables, theme } from '../../renderer/theme.ts';
import type { Candle } from '../../shared/domain/candle.ts';
import type { CandleSeries } from '../../shared/domain/candle-series.ts';
import { quoteOf, type ScriptedMarket, scriptedBridge } from '../../tests/chart-page/scripted-bridge.ts';
import { CANDLES, DAYS, LOADED, NOW, offer, painted, VISIBLE } from './market.ts';

const market: ScriptedMarket = {
  now: NOW,
  vsCurrency: 'usd',
  coins: ['bitcoin'],
  // The daily candles are for the map below the chart.
  candles: (_, interval) => (interval === '1d' ? DAYS : CANDLES),
  alerts: [],
  sources: [{ since: 0, source: 'coingecko' }],
  feed: { status: 'live', lastSuccessAt: NOW },
  volumeKind: 'traded',
  trouble: 'none',
};
const client = createClient(scriptedBridge(market));
const clock = createMonitorClock(
  () => NOW,
  () => () => undefined,
);
const monitor: Monitor = {
  client,
  clock,
  connection: observable('connected'),
  hostRequests: createHostRequests(client),
};
/** All candles as the cache holds them after a user has moved the chart far back: in pages. */
function loadedData(): InfiniteData<CandlePage, OlderThan | undefined> {
  const ends = Array.from(
    { length: Math.ceil(LOADED / PAGE_LIMIT) },
    (_, page) => CANDLES.length - page * PAGE_LIMIT,
  );
  const candlesOfPages = ends.map((end) => CANDLES.slice(Math.max(0, end - PAGE_LIMIT), end));
  const seriesOf = (candles: readonly Candle[]): CandleSeries => ({
    coinId: 'bitcoin',
    vsCurrency: 'usd',
    interval: '1m',
    volumeKind: 'traded',
    candles,
    sources: market.sources,
  });
  const pages = candlesOfPages.map((candles, index) =>
    (index === 0 ? newestPage : olderPage)(seriesOf(candles), 0),
  );
  const pageParams = candlesOfPages.map((_, index) => {
    const before = candlesOfPages[index - 1]?.[0]?.start;
    return before === undefined ? undefined : { before, volumeKind: 'traded' as const };
  });
  return { pages, pageParams };
}
const LOADED_DATA = loadedData();

const element = document.getElementById('root') ?? document.body;

let root: Root | undefined;
let queryClient: QueryClient;
let dispatch: Dispatch<ChartAction> = () => undefined;

function Chart() {
  const [choice, change] = useReducer(nextChoice, {
    coinId: 'bitcoin',
    interval: '1m',
    view: { mode: 'live', bars: VISIBLE },
    alert: null,
  });
  dispatch = change;
  return (
    <ChartPanel coinId="bitcoin" vsCurrency="usd" choice={choice} dispatch={change} isFirst grid={null} />
  );
}

offer({
  async load() {
    root?.unmount();
    queryClient = new QueryClient({
      // As in the program, nothing is refetched when the page comes to the front.
      defaultOptions: { queries: { networkMode: 'always', refetchOnWindowFocus: false } },
    });
    await queryClient.prefetchQuery(snapshotQuery(monitor));
    await painted();
    const at = performance.now();
    queryClient.setQueryData([...CANDLES_KEY, 'bitcoin', 'usd', '1m'], LOADED_DATA);
    root = createRoot(element);
    root.render(
      <MantineProvider theme={theme} cssVariablesResolver={resolveVariables} forceColorScheme="light">
        <QueryClientProvider client={queryClient}>
          <MonitorContext value={monitor}>
            <Chart />
          </MonitorContext>
        </QueryClientProvider>
      </MantineProvider>,
    );
    while (document.querySelector('[data-testid="candle-chart"] .recharts-yAxis-tick-labels text') === null) {
      await new Promise(requestAnimationFrame);
    }
    await painted();
    return performance.now() - at;
  },
  async show(bars) {
    dispatch({ type: 'change-view', change: () => ({ mode: 'live', bars }) });
    await painted();
  },
  tick(price) {
    foldUpdate(queryClient, { ...quoteOf(market, 'bitcoin'), price, observedAt: NOW });
  },
});
