import { type RefObject, useMemo } from 'react';
import { formatCoinName, formatSource } from '../../shared/format/name.ts';
import { message, t } from '../../shared/messages/message.ts';
import { MessageError } from '../../shared/messages/message-error.ts';
import { useMonitor } from '../api/monitor-context.ts';
import { useSnapshot } from '../api/use-snapshot.ts';
import type { LegendEntry } from './export/chart-picture.ts';
import { candleDate, type Zone } from './model/candle-time.ts';
import type { ChartCore } from './model/chart-core.ts';
import { PRICE_PANE } from './model/chart-layout.ts';
import { linkOf } from './model/chart-link.ts';
import type { Scene } from './model/scene.ts';
import type { SeriesKey } from './model/series-key.ts';
import { shownCsv } from './model/shown-candles.ts';
import { visibleSources } from './model/sources.ts';
import type { ChartExports } from './toolbar/share-menu.tsx';

/** The sources of the visible candles, or that of the newest price if they are unknown. */
function sourcesOfPicture(scene: Scene, newest: string | null | undefined): readonly string[] {
  const sources = visibleSources(scene);
  return sources.length > 0 || !newest ? sources : [newest];
}

/** The studies over the candles, and all coins if some are compared. Studies in separate panes are named there. */
function legendOf({ inputs }: Scene, coinId: string): readonly LegendEntry[] {
  const own = inputs.compared.length === 0 ? [] : [{ name: formatCoinName(coinId), color: null }];
  return [
    ...own,
    ...inputs.compared.map((one) => ({ name: formatCoinName(one.coinId), color: one.color })),
    ...inputs.studies
      .filter(({ pane }) => pane === PRICE_PANE)
      .map(({ title, color }) => ({ name: title, color })),
  ];
}

type Exported = {
  readonly core: ChartCore;
  readonly series: SeriesKey;
  readonly zone: Zone;
  readonly element: RefObject<HTMLElement | null>;
};

/** Exports of the chart on the screen. */
export function useChartExports({ core, series, zone, element }: Exported): ChartExports {
  const { clock } = useMonitor();
  const source = useSnapshot(
    ({ quotes }) => quotes.find(({ coinId }) => coinId === series.coinId)?.source ?? null,
  );
  return useMemo(() => {
    const { coinId, vsCurrency, interval } = series;
    const sceneOnScreen = (): Scene => {
      const scene = core.scene();
      if (scene === null) throw new MessageError(message('share.nothing'));
      return scene;
    };
    return {
      name: `${coinId}-${vsCurrency}-${interval}-${new Date(clock.now()).toISOString().slice(0, 10)}`,
      csv: () => shownCsv(sceneOnScreen()),
      link: () =>
        `${window.location.href.split('#')[0]}${linkOf({ coinId, interval, view: core.view.get() })}`,
      async svg() {
        // The code for pictures is loaded for the first one.
        const { chartSvg } = await import('./export/chart-picture.ts');
        // While a chart is moving, its axes are on the canvas. A removed chart never stops.
        while (element.current !== null && core.scene()?.moved) await new Promise(requestAnimationFrame);
        const scene = sceneOnScreen();
        if (element.current === null) throw new MessageError(message('share.no-chart'));
        return chartSvg(element.current, scene, {
          title: t('share.heading', {
            pair: `${formatCoinName(coinId)} / ${vsCurrency.toUpperCase()}`,
            interval,
          }),
          legend: legendOf(scene, coinId),
          source: t('share.footing', {
            sources: sourcesOfPicture(scene, source).map(formatSource),
            date: candleDate(clock.now(), '1m', zone),
          }),
        });
      },
    };
  }, [core, series, zone, element, clock, source]);
}
