import type { Candle } from '../../../shared/domain/candle.ts';
import { type Observable, observable } from '../../observable/observable.ts';
import type { AxisFrame } from './axis-frame.ts';
import { type ChartFrame, chartFrame } from './chart-frame.ts';
import type { ChartInputs } from './chart-inputs.ts';
import { type ChartView, type TimeRange, visibleRange } from './chart-view.ts';
import type { Extent } from './price-scale.ts';
import { type FrameScales, movedScales, type Scene, sceneOf } from './scene.ts';

/** What has to be drawn again: everything, or the candle that is not closed yet alone. */
export type Redraw = 'all' | 'live';

export type Painter = (scene: Scene, extent: Redraw) => void;

/** What the core needs of the browser. */
export type ChartHost = {
  /** Calls back before the next frame is painted, until the returned function is called. */
  readonly requestFrame: (onFrame: () => void) => () => void;
  readonly setTimer: (ms: number, onTime: () => void) => () => void;
};

export type ChartCore = {
  /** What the axes have to show while the chart is not moving; null until the first inputs. */
  readonly frame: Observable<ChartFrame | null>;
  /** Where the ends of the frame are on the screen; null until the frame was drawn. */
  readonly scales: Observable<FrameScales | null>;
  /**
   * The scene of what is placed once and then moved along with the axes. While the chart is moved, that is seldom another one:
   * when a price leaves its axis, on zooming, and far from where it was.
   */
  readonly placed: Observable<Scene | null>;
  readonly live: Observable<Candle | null>;
  readonly view: Observable<ChartView>;
  /** What the price axis has to show; null while it follows the prices in sight. */
  readonly priceRange: Observable<Extent | null>;
  /**
   * What is in sight, for what is read rather than watched: a few times a second while the chart is moved, and once a second
   * while nothing but prices come.
   */
  readonly sight: Observable<Scene | null>;
  /** As `sight`, but only while the chart is not moving: for what takes long to compute, or to read. */
  readonly rested: Observable<Scene | null>;
  setInputs(inputs: ChartInputs): void;
  setLive(live: Candle | null): void;
  /** @param isMoving true while a hand moves the chart; it counts as stopped when no other view comes for a while */
  setView(view: ChartView, isMoving: boolean): void;
  /** @param isMoving as of `setView` */
  setPriceRange(range: Extent | null, isMoving: boolean): void;
  /** Where the time axis was drawn for a frame. */
  reportTime(frame: ChartFrame, fromX: number, toX: number): void;
  /** Where a value axis was drawn for a frame. */
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
const SIGHT_MS = 250;
const SIGHT_OF_PRICES_MS = 1_000;

/** One chart's state between what React gives and what layers draw. Everything that moves is drawn once per frame. */
export function createChartCore(host: ChartHost, initialView: ChartView): ChartCore {
  const frame = observable<ChartFrame | null>(null);
  const scales = observable<FrameScales | null>(null);
  const placed = observable<Scene | null>(null);
  const live = observable<Candle | null>(null);
  const view = observable(initialView);
  const priceRange = observable<Extent | null>(null);
  const sight = observable<Scene | null>(null);
  const rested = observable<Scene | null>(null);
  const painters = new Set<Painter>();
  const restListeners = new Set<(view: ChartView) => void>();
  let inputs: ChartInputs | null = null;
  /** Shown as `live` with the next frame. */
  let newest: Candle | null = null;
  /** The candle that the axes were last made for. */
  let framed: Candle | null = null;
  let scene: Scene | null = null;
  /** Where the ends of the axes are while the chart is moved: then a layer draws them, and React renders nothing. */
  let moved: FrameScales | null = null;
  let isMoving = false;
  let pending: Redraw | null = null;
  let cancelFrame: (() => void) | null = null;
  let cancelRest: (() => void) | null = null;
  let sightDue: { readonly withinMs: number; readonly cancel: () => void } | null = null;
  let report: {
    frame: ChartFrame;
    time: readonly [number, number] | null;
    axes: FrameScales['axes'];
  } | null = null;

  const rangeInView = (given: ChartInputs): TimeRange => visibleRange(view.get(), given.viewFrame);

  /** Whether these scales are of the chart that is wanted, in its size. */
  const isOf = (given: ChartInputs, known: FrameScales | null): known is FrameScales =>
    known !== null && known.frame.key === given.key && known.frame.layout === given.layout;

  const reframe = (): void => {
    if (inputs === null) return;
    framed = newest;
    const wish = { range: rangeInView(inputs), priceRange: priceRange.get() };
    const drawn = scales.get();
    if (isMoving && isOf(inputs, drawn)) {
      const before = moved ?? drawn;
      const next = chartFrame(inputs, newest, { ...wish, previous: before.frame, isMoving });
      if (next === before.frame) return;
      moved = movedScales(drawn, next);
      if (!haveSamePlaces(before, moved)) placed.set(sceneOf(inputs, newest, moved, next.range.from));
      return;
    }
    const next = chartFrame(inputs, newest, { ...wish, previous: frame.get(), isMoving: false });
    frame.set(next);
    // Otherwise they are kept until the frame is drawn.
    if (next === drawn?.frame) place(drawn);
  };

  /** Shows what Recharts has drawn. */
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
    // Until the axes are drawn for another width, the layers keep to the one that the axes have.
    const isSameWidth = Math.abs(to - from - span) <= span * 1e-9;
    scene = sceneOf(inputs, newest, drawn, isSameWidth ? from : drawn.range.from);
    for (const painter of painters) painter(scene, extent);
    if (isMoving) showSightWithin(SIGHT_MS);
    else if (extent === 'live') showSightWithin(SIGHT_OF_PRICES_MS);
    else showSight();
  };

  const showSight = (): void => {
    sightDue?.cancel();
    sightDue = null;
    sight.set(scene);
    if (!isMoving) rested.set(scene);
  };

  const showSightWithin = (withinMs: number): void => {
    if (sightDue !== null && sightDue.withinMs <= withinMs) return;
    sightDue?.cancel();
    sightDue = { withinMs, cancel: host.setTimer(withinMs, showSight) };
  };

  const schedule = (extent: Redraw): void => {
    pending = pending === 'all' ? 'all' : extent;
    cancelFrame ??= host.requestFrame(() => {
      cancelFrame = null;
      const wanted = pending ?? 'all';
      pending = null;
      // With the frame: what shows the candle and what shows the scene is then rendered together.
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
      // An axis that has not changed is not drawn again, and stays where it was.
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
    sight,
    rested,
    setInputs(given) {
      inputs = given;
      reframe();
      schedule('all');
    },
    setLive(candle) {
      if (candle === newest) return;
      newest = candle;
      // Another candle concerns the axes, too.
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
      sightDue?.cancel();
      cancelFrame = null;
      cancelRest = null;
      sightDue = null;
      painters.clear();
    },
  };
}

/** Whether axes that hold one of them hold the other, too. */
function haveSameExtents(one: Candle | null, other: Candle | null): boolean {
  return (
    one?.start === other?.start &&
    one?.low === other?.low &&
    one?.high === other?.high &&
    one?.volume === other?.volume
  );
}

/** Whether what was placed by one of them is in its place by the other, but for a movement in time. */
function haveSamePlaces(one: FrameScales, other: FrameScales): boolean {
  return (
    one.range === other.range &&
    other.axes.every(({ axis }) => one.axes.some((before) => before.axis === axis))
  );
}
