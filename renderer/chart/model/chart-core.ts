import type { Candle } from '../../../shared/domain/candle.ts';
import { type Observable, observable } from '../../observable/observable.ts';
import type { AxisFrame } from './axis-frame.ts';
import { type ChartFrame, chartFrame } from './chart-frame.ts';
import type { ChartInputs } from './chart-inputs.ts';
import { type ChartView, type TimeRange, visibleRange } from './chart-view.ts';
import type { Extent } from './price-scale.ts';
import { type FrameScales, movedScales, type Scene, sceneOf } from './scene.ts';

/** What is drawn again: everything, or only the candle that is not closed yet. */
export type Redraw = 'all' | 'live';

export type Painter = (scene: Scene, extent: Redraw) => void;

/** The functions of the browser that the core needs. */
export type ChartHost = {
  /** Calls back before the next frame is painted, until the returned function is called. */
  readonly requestFrame: (onFrame: () => void) => () => void;
  readonly setTimer: (ms: number, onTime: () => void) => () => void;
};

export type ChartCore = {
  /** The content of the axes while the chart is not moving; null until the first inputs. */
  readonly frame: Observable<ChartFrame | null>;
  /** The pixels of the ends of the axes; null until the frame was drawn. */
  readonly scales: Observable<FrameScales | null>;
  /**
   * The scene for marks that are placed once and then moved with the chart. While the chart is moved, it seldom changes: when a price
   * leaves the axis, on zooming, and far from the position at which the marks were placed.
   */
  readonly placed: Observable<Scene | null>;
  readonly live: Observable<Candle | null>;
  readonly view: Observable<ChartView>;
  /** The chosen range of the price axis; null while it follows the visible prices. */
  readonly priceRange: Observable<Extent | null>;
  /**
   * The current scene, for text: updated four times a second while the chart is moved, once a second for new prices, and otherwise
   * immediately.
   */
  readonly throttled: Observable<Scene | null>;
  /** As `throttled`, but only while the chart is not moving: for what takes long to compute or to read. */
  readonly rested: Observable<Scene | null>;
  setInputs(inputs: ChartInputs): void;
  setLive(live: Candle | null): void;
  /** @param isMoving true while the user moves the chart, which counts as stopped when no other view is set for a while */
  setView(view: ChartView, isMoving: boolean): void;
  /** @param isMoving as for `setView` */
  setPriceRange(range: Extent | null, isMoving: boolean): void;
  /** Reports the pixels of the ends of a frame's time axis. */
  reportTime(frame: ChartFrame, fromX: number, toX: number): void;
  /** Reports the pixels of the ends of a value axis of a frame. */
  reportAxis(frame: ChartFrame, axis: AxisFrame, lowY: number, highY: number): void;
  /** The scene that was last drawn. */
  scene(): Scene | null;
  /** Calls the painter with each scene, and immediately with the last one, until the returned function is called. */
  paint(painter: Painter): () => void;
  /** Draws everything again before the next frame. */
  redraw(): void;
  /** Calls back with the view at which the chart has stopped. */
  onRest(listener: (view: ChartView) => void): () => void;
  dispose(): void;
};

const REST_MS = 150;
const MOVING_UPDATE_MS = 250;
const PRICE_UPDATE_MS = 1_000;

/** The state of one chart between React, which sets the inputs, and the layers, which draw it once per animation frame. */
export function createChartCore(host: ChartHost, initialView: ChartView): ChartCore {
  const frame = observable<ChartFrame | null>(null);
  const scales = observable<FrameScales | null>(null);
  const placed = observable<Scene | null>(null);
  const live = observable<Candle | null>(null);
  const view = observable(initialView);
  const priceRange = observable<Extent | null>(null);
  const throttled = observable<Scene | null>(null);
  const rested = observable<Scene | null>(null);
  const painters = new Set<Painter>();
  const restListeners = new Set<(view: ChartView) => void>();
  let inputs: ChartInputs | null = null;
  /** The value of `live` from the next animation frame on. */
  let newest: Candle | null = null;
  /** The candle for which the axes were last computed. */
  let framed: Candle | null = null;
  let scene: Scene | null = null;
  /** The pixels of the ends of the axes while the chart is moved: a layer draws them then, and React renders nothing. */
  let moved: FrameScales | null = null;
  let isMoving = false;
  let pending: Redraw | null = null;
  let cancelFrame: (() => void) | null = null;
  let cancelRest: (() => void) | null = null;
  let pendingUpdate: { readonly withinMs: number; readonly cancel: () => void } | null = null;
  let report: {
    frame: ChartFrame;
    time: readonly [number, number] | null;
    axes: FrameScales['axes'];
  } | null = null;

  const rangeInView = (given: ChartInputs): TimeRange => visibleRange(view.get(), given.viewFrame);

  /** Whether these scales are those of the current chart in its current size. */
  const isOf = (given: ChartInputs, known: FrameScales | null): known is FrameScales =>
    known !== null && known.frame.key === given.key && known.frame.layout === given.layout;

  const reframe = (): void => {
    if (inputs === null) return;
    framed = newest;
    const request = { range: rangeInView(inputs), priceRange: priceRange.get() };
    const drawn = scales.get();
    if (isMoving && isOf(inputs, drawn)) {
      const before = moved ?? drawn;
      const next = chartFrame(inputs, newest, { ...request, previous: before.frame, isMoving });
      if (next === before.frame) return;
      moved = movedScales(drawn, next);
      if (!haveSamePlaces(before, moved)) placed.set(sceneOf(inputs, newest, moved, next.range.from));
      return;
    }
    const next = chartFrame(inputs, newest, { ...request, previous: frame.get(), isMoving: false });
    frame.set(next);
    // Otherwise the current scales are kept until the new frame is drawn.
    if (next === drawn?.frame) place(drawn);
  };

  /** Switches from the axes of the layer to those that Recharts has drawn. */
  const place = (drawn: FrameScales): void => {
    if (moved === null || inputs === null) return;
    moved = null;
    placed.set(sceneOf(inputs, newest, drawn, drawn.range.from));
  };

  const draw = (extent: Redraw): void => {
    const drawn = moved ?? scales.get();
    if (inputs === null || !isOf(inputs, drawn)) return;
    const { from, to } = rangeInView(inputs);
    const span = drawn.range.to - drawn.range.from;
    // Until the axes are drawn for a new span, the layers use that of the axes.
    const isSameWidth = Math.abs(to - from - span) <= span * 1e-9;
    scene = sceneOf(inputs, newest, drawn, isSameWidth ? from : drawn.range.from);
    for (const painter of painters) painter(scene, extent);
    if (isMoving) updateThrottledWithin(MOVING_UPDATE_MS);
    else if (extent === 'live') updateThrottledWithin(PRICE_UPDATE_MS);
    else updateThrottled();
  };

  const updateThrottled = (): void => {
    pendingUpdate?.cancel();
    pendingUpdate = null;
    throttled.set(scene);
    if (!isMoving) rested.set(scene);
  };

  const updateThrottledWithin = (withinMs: number): void => {
    if (pendingUpdate !== null && pendingUpdate.withinMs <= withinMs) return;
    pendingUpdate?.cancel();
    pendingUpdate = { withinMs, cancel: host.setTimer(withinMs, updateThrottled) };
  };

  const schedule = (extent: Redraw): void => {
    pending = pending === 'all' ? 'all' : extent;
    cancelFrame ??= host.requestFrame(() => {
      cancelFrame = null;
      const wanted = pending ?? 'all';
      pending = null;
      // Set with the frame, so that components that show the candle or the scene are rendered together.
      live.set(newest);
      if (wanted === 'all' || !haveSameExtents(newest, framed)) reframe();
      draw(wanted);
    });
  };

  const move = (): void => {
    isMoving = true;
    cancelRest?.();
    cancelRest = host.setTimer(REST_MS, rest);
  };

  const rest = (): void => {
    cancelRest = null;
    isMoving = false;
    schedule('all');
    for (const listener of restListeners) listener(view.get());
  };

  const completeReport = (): void => {
    if (report === null || report.time === null) return;
    const { frame: reported, time, axes } = report;
    if (axes.length < reported.axes.length) return;
    report = null;
    const drawn = { frame: reported, range: reported.range, fromX: time[0], toX: time[1], axes };
    scales.set(drawn);
    const isMovedOn = isMoving && inputs !== null && isOf(inputs, moved);
    if (!isMovedOn) {
      moved = null;
      if (inputs !== null) placed.set(sceneOf(inputs, newest, drawn, drawn.range.from));
    }
    draw('all');
  };

  const reportOf = (reported: ChartFrame) => {
    if (report?.frame !== reported) {
      // An axis that has not changed is not drawn again, and keeps its position.
      const known = scales.get();
      const isSamePlace = known !== null && known.frame.layout === reported.layout;
      report = {
        frame: reported,
        time:
          isSamePlace && known.frame.range === reported.range ? ([known.fromX, known.toX] as const) : null,
        axes: isSamePlace ? known.axes.filter(({ axis }) => reported.axes.includes(axis)) : [],
      };
    }
    return report;
  };

  return {
    frame,
    scales,
    placed,
    live,
    view,
    priceRange,
    throttled,
    rested,
    setInputs(given) {
      inputs = given;
      reframe();
      schedule('all');
    },
    setLive(candle) {
      if (candle === newest) return;
      newest = candle;
      // A new candle also affects the axes.
      if (candle?.start !== live.get()?.start) live.set(candle);
      schedule('live');
    },
    setView(next, moves) {
      if (next === view.get()) return;
      view.set(next);
      if (moves) move();
      schedule('all');
    },
    setPriceRange(next, moves) {
      if (next === priceRange.get()) return;
      priceRange.set(next);
      if (moves) move();
      schedule('all');
    },
    reportTime(reported, fromX, toX) {
      reportOf(reported).time = [fromX, toX];
      completeReport();
    },
    reportAxis(reported, axis, lowY, highY) {
      const into = reportOf(reported);
      into.axes = [...into.axes.filter((one) => one.axis.id !== axis.id), { axis, lowY, highY }];
      completeReport();
    },
    scene: () => scene,
    paint(painter) {
      painters.add(painter);
      if (scene !== null) painter(scene, 'all');
      return () => painters.delete(painter);
    },
    redraw: () => schedule('all'),
    onRest(listener) {
      restListeners.add(listener);
      return () => restListeners.delete(listener);
    },
    dispose() {
      cancelFrame?.();
      cancelRest?.();
      pendingUpdate?.cancel();
      cancelFrame = null;
      cancelRest = null;
      pendingUpdate = null;
      painters.clear();
    },
  };
}

/** Whether axes that contain one of them also contain the other. */
function haveSameExtents(one: Candle | null, other: Candle | null): boolean {
  return (
    one?.start === other?.start &&
    one?.low === other?.low &&
    one?.high === other?.high &&
    one?.volume === other?.volume
  );
}

/** Whether marks that were placed with one of them are correct for the other, apart from a shift in time. */
function haveSamePlaces(one: FrameScales, other: FrameScales): boolean {
  return (
    one.range === other.range &&
    other.axes.every(({ axis }) => one.axes.some((before) => before.axis === axis))
  );
}
