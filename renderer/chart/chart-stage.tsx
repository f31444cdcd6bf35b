import { useElementSize, useMergedRef } from '@mantine/hooks';
import {
  type Dispatch,
  type KeyboardEvent,
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import type { Alert } from '../../shared/domain/alert.ts';
import { formatCoinName } from '../../shared/format/name.ts';
import { t } from '../../shared/messages/message.ts';
import { useMonitor } from '../api/monitor-context.ts';
import { observable } from '../observable/observable.ts';
import { useSelected } from '../observable/use-observable.ts';
import { ChartDrawing } from './chart-drawing.tsx';
import { ChartForScreenReaders } from './chart-for-screen-readers.tsx';
import classes from './chart-panel.module.css';
import { ChartReadout } from './chart-readout.tsx';
import { DrawingTools } from './drawing-tools.tsx';
import { EmptyRange } from './empty-range.tsx';
import type { HoverPoint } from './layers/crosshair.tsx';
import { LiveFeed } from './live-feed.tsx';
import { MiniMap } from './mini-map.tsx';
import { candleDate, shortCandleDate } from './model/candle-time.ts';
import type { ChartAction, ChartChoice } from './model/chart-choice.ts';
import type { SeriesKey } from './model/series-key.ts';
import type { WantedLevel } from './model/wanted-level.ts';
import { ChartToolbar } from './toolbar/chart-toolbar.tsx';
import type { GridControl } from './toolbar/grid-menu.tsx';
import { useChartCore } from './use-chart-core.ts';
import { useChartExports } from './use-chart-exports.ts';
import { useChartInputs } from './use-chart-inputs.ts';
import { useChartMotion } from './use-chart-motion.ts';
import { useChartSettings } from './use-chart-settings.ts';
import type { ClosedCandles } from './use-closed-candles.ts';
import { useDrawing } from './use-drawing.ts';
import { useMoving } from './use-moving.ts';
import { usePageView } from './use-page-view.ts';
import { useTones } from './use-tones.ts';

type ChartStageProps = {
  readonly series: SeriesKey;
  readonly closed: ClosedCandles;
  readonly choice: ChartChoice;
  readonly dispatch: Dispatch<ChartAction>;
  readonly hasOlder: boolean;
  readonly isLoadingOlder: boolean;
  /** Null while there is nothing older, or it is being loaded. */
  readonly loadOlder: (() => void) | null;
  /** Adds a rule for a level on the chart; null if rules cannot be added. */
  readonly onLevelWanted: ((level: WantedLevel) => void) | null;
  readonly grid: GridControl | null;
};

/** The area that a chart is drawn in, with its tools, and its handling of pointer and keys. */
export function ChartStage(props: ChartStageProps) {
  const { series, closed, choice, dispatch, hasOlder, isLoadingOlder, loadOlder, onLevelWanted, grid } =
    props;
  const { coinId, vsCurrency, interval } = series;
  const { clock } = useMonitor();
  const { ref: sizeRef, width, height } = useElementSize();
  const stageRef = useRef<HTMLDivElement>(null);
  const ref = useMergedRef(sizeRef, stageRef);
  const summaryId = useId();
  const [hover] = useState(() => observable<HoverPoint | null>(null));
  const core = useChartCore(choice.view);
  const settings = useChartSettings(coinId);
  const { zone } = settings.settings;
  const size = { width, height };
  // A chosen price range is that of one coin.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is reset with the series, before this is drawn
  useLayoutEffect(() => core.setPriceRange(null, false), [core, coinId, vsCurrency]);
  const inputs = useChartInputs({
    core,
    series,
    closed,
    settings: settings.settings,
    size,
    hasOlder,
    view: choice.view,
    chosenAlert: choice.alert,
  });
  const drawing = useDrawing(core, series, () => stageRef.current?.focus());
  const motion = useChartMotion({
    core,
    inputs,
    element: stageRef,
    hover,
    loadOlder,
    onMark: drawing.onMark,
  });
  const exports = useChartExports({ core, series, zone, element: stageRef });
  const tones = useTones(core, series);

  usePageView(core, choice.view, dispatch);
  useMoving(
    core,
    useCallback(() => stageRef.current, []),
  );
  const isAutoPrice = useSelected(core.priceRange, (range) => range === null);
  // A chart may show the time before its first candle without having been moved.
  const first = closed.candles[0]?.start ?? Number.NEGATIVE_INFINITY;
  const reachesBefore = useSelected(
    core.placed,
    (scene) => scene?.inputs.key === inputs.key && scene.range.from < first,
  );
  useEffect(() => {
    if (reachesBefore) loadOlder?.();
  }, [reachesBefore, loadOlder]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget || event.altKey) return;
    const isControl = event.ctrlKey || event.metaKey;
    const isTones = !isControl && event.key.toLowerCase() === 'p';
    if (isTones && !event.repeat) tones.toggle();
    const isMeant =
      isTones ||
      drawing.onKey(event.key, isControl, event.shiftKey) ||
      (!isControl && motion.onKey(event.key, event.shiftKey));
    if (!isMeant) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const dateOf = useCallback((start: number) => candleDate(start, interval, zone), [interval, zone]);
  const shortDateOf = useCallback(
    (start: number) => shortCandleDate(start, interval, clock.now(), zone),
    [interval, clock, zone],
  );
  const chooseAlert = useCallback((alert: Alert) => dispatch({ type: 'mark-alert', alert }), [dispatch]);
  const autoPrice = useCallback(() => core.setPriceRange(null, false), [core]);
  const jump = useCallback(
    (at: number) => dispatch({ type: 'jump', at, now: clock.now() }),
    [dispatch, clock],
  );

  return (
    <div className={classes.stage} data-palette={settings.settings.palette}>
      <LiveFeed core={core} series={series} />
      <ChartToolbar
        coinId={coinId}
        volumeKind={closed.volumeKind}
        dispatch={dispatch}
        settings={settings}
        tool={drawing.tool}
        onTool={drawing.setTool}
        drawings={drawing.history}
        onDrawing={drawing.store.dispatch}
        exports={exports}
        tones={tones}
        grid={grid}
        onAutoPrice={isAutoPrice ? null : autoPrice}
      />
      <ChartReadout
        core={core}
        vsCurrency={vsCurrency}
        volumeKind={closed.volumeKind}
        hover={hover}
        dateOf={dateOf}
      />
      {/* biome-ignore lint/a11y/useSemanticElements: there is no element for a chart that keys can move */}
      <div
        ref={ref}
        className={classes.surface}
        role="group"
        aria-roledescription={t('chart.role')}
        aria-label={t('chart.keys', { coin: formatCoinName(coinId), interval })}
        aria-describedby={summaryId}
        data-tool={drawing.tool ?? undefined}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes the keys that the label names
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        {width > 0 && height > 0 && (
          <ChartDrawing
            core={core}
            series={series}
            zone={zone}
            hover={hover}
            alerts={inputs.alerts}
            chosenAlert={choice.alert}
            onChooseAlert={chooseAlert}
            drawing={drawing}
            dateOf={shortDateOf}
          />
        )}
        <EmptyRange
          core={core}
          dateOf={dateOf}
          isLoading={isLoadingOlder}
          onGoTo={(start) => {
            motion.goTo(start);
            stageRef.current?.focus();
          }}
        />
        {drawing.chosen !== null && (
          <DrawingTools
            drawing={drawing.chosen}
            dispatch={drawing.store.dispatch}
            onAlert={onLevelWanted === null ? null : (price) => onLevelWanted({ coinId, vsCurrency, price })}
          />
        )}
        {isLoadingOlder && <span className={classes.older}>{t('chart.loading-older')}</span>}
      </div>
      <MiniMap core={core} series={series} now={inputs.viewFrame.liveEdge} onJump={jump} />
      <ChartForScreenReaders
        core={core}
        hover={hover}
        alerts={inputs.alerts}
        vsCurrency={vsCurrency}
        summaryId={summaryId}
        dateOf={dateOf}
      />
    </div>
  );
}
