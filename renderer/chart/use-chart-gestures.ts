import { type RefObject, useEffect, useEffectEvent } from 'react';
import { createFling } from './model/fling.ts';

export type Point = { readonly x: number; readonly y: number };

export type ChartGestures = {
  /** Which part of the chart a point is on. */
  readonly zoneOf: (point: Point) => 'plot' | 'price-axis' | 'time-axis';
  /** The chart was dragged or scrolled by the given pixels; positive moves it to the right, into the past, and down. */
  readonly onPan: (px: number, downPx: number) => void;
  /** Show `factor` times as much time around the point `x` pixels from the left. */
  readonly onZoom: (factor: number, x: number) => void;
  /** The price axis was dragged by the given pixels. */
  readonly onScale: (downPx: number) => void;
  readonly onDoubleClick: (point: Point) => void;
  /** The position of the pointer in pixels from the top left; null when it has left or is dragging. */
  readonly onHover: (point: Point | null) => void;
  /**
   * A drag with Shift, or with a tool for drawing, begins, continues or ends. Returns whether it was handled; the chart is moved
   * otherwise.
   */
  readonly onMark: (phase: 'begin' | 'move' | 'end', point: Point, isShift: boolean) => boolean;
};

/** How much a turn of the wheel zooms: a notch of a common mouse (100 px) is about a sixth. */
const ZOOM_PER_WHEEL_PX = 0.0015;
const NEAREST_FINGERS = 10;

/** Drag, fling, wheel, two-finger scroll and pinch on an element, as panning, zooming, scaling and marking. */
export function useChartGestures(ref: RefObject<HTMLElement | null>, gestures: ChartGestures): void {
  const zoneOf = useEffectEvent(gestures.zoneOf);
  const onPan = useEffectEvent(gestures.onPan);
  const onZoom = useEffectEvent(gestures.onZoom);
  const onScale = useEffectEvent(gestures.onScale);
  const onDoubleClick = useEffectEvent(gestures.onDoubleClick);
  const onHover = useEffectEvent(gestures.onHover);
  const onMark = useEffectEvent(gestures.onMark);

  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const down = new Map<number, Point>();
    let mode: 'pan' | 'scale' | 'stretch' | 'mark' = 'pan';
    let stood: Point = { x: Number.NaN, y: Number.NaN };
    const fling = createFling();
    let cancelFling: (() => void) | null = null;
    const stop = new AbortController();
    const options = { signal: stop.signal };
    const positionOf = (event: MouseEvent): Point => {
      const box = element.getBoundingClientRect();
      return { x: event.clientX - box.left, y: event.clientY - box.top };
    };
    const modeAt = (point: Point): typeof mode => {
      const zone = zoneOf(point);
      return zone === 'price-axis' ? 'scale' : zone === 'time-axis' ? 'stretch' : 'pan';
    };
    const endFling = (): void => {
      cancelFling?.();
      cancelFling = null;
    };

    element.addEventListener(
      'pointerdown',
      (event) => {
        endFling();
        // A button or a mark on the chart is pressed, not dragged.
        const isOnButton = event.target instanceof Element && event.target.closest(PRESSED) !== null;
        if (event.button !== 0 || isOnButton) return;
        // A second finger pinches; but what the first one draws is finished by it alone.
        if (down.size > 0 && mode === 'mark') return;
        const point = positionOf(event);
        mode = down.size > 0 ? 'pan' : modeAt(point);
        down.set(event.pointerId, point);
        if (mode === 'pan' && down.size === 1 && onMark('begin', point, event.shiftKey)) mode = 'mark';
        fling.begin(point.x, event.timeStamp);
        element.setPointerCapture(event.pointerId);
      },
      options,
    );
    element.addEventListener(
      'pointermove',
      (event) => {
        const point = positionOf(event);
        const before = down.get(event.pointerId);
        if (before === undefined) {
          // The browser also says so when something else has moved below a pointer that stands still.
          const isStill = stood.x === point.x && stood.y === point.y;
          stood = point;
          return isStill ? undefined : onHover(point);
        }
        const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
        down.set(event.pointerId, point);
        onHover(null);
        if (mode === 'mark') return void onMark('move', point, event.shiftKey);
        if (mode === 'scale') return onScale(point.y - before.y);
        if (mode === 'stretch') {
          const width = element.clientWidth;
          return onZoom(Math.exp((before.x - point.x) / -Math.max(1, width / 3)), width);
        }
        if (other !== undefined) {
          const apart = Math.max(NEAREST_FINGERS, Math.abs(point.x - other.x));
          // The middle between the fingers has moved by half as much.
          onPan((point.x - before.x) / 2, 0);
          return onZoom(
            Math.max(NEAREST_FINGERS, Math.abs(before.x - other.x)) / apart,
            (point.x + other.x) / 2,
          );
        }
        fling.move(point.x, event.timeStamp);
        onPan(point.x - before.x, point.y - before.y);
      },
      options,
    );
    const release = (event: PointerEvent): void => {
      if (!down.delete(event.pointerId)) return;
      const point = positionOf(event);
      if (mode === 'mark') return void onMark('end', point, event.shiftKey);
      if (mode !== 'pan' || down.size > 0 || event.type === 'pointercancel' || prefersStillness()) return;
      cancelFling = glide(fling.end(event.timeStamp), (px) => onPan(px, 0));
    };
    element.addEventListener('pointerup', release, options);
    element.addEventListener('pointercancel', release, options);
    element.addEventListener(
      'touchmove',
      (event) => {
        // A finger that moves up or down scrolls the page, unless it draws or drags an axis, or there are two.
        const isOurs = down.size > 1 || (down.size > 0 && mode !== 'pan');
        if (isOurs && event.cancelable) event.preventDefault();
      },
      { ...options, passive: false },
    );
    element.addEventListener(
      'pointerleave',
      () => {
        stood = { x: Number.NaN, y: Number.NaN };
        onHover(null);
      },
      options,
    );
    element.addEventListener('dblclick', (event) => onDoubleClick(positionOf(event)), options);
    element.addEventListener(
      'wheel',
      (event) => {
        if (scrollsPage(element) && !event.ctrlKey) return;
        event.preventDefault();
        endFling();
        const sideways = event.shiftKey ? event.deltaY : event.deltaX;
        if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) return onPan(-sideways, 0);
        onZoom(Math.exp(event.deltaY * ZOOM_PER_WHEEL_PX), positionOf(event).x);
      },
      // The page must not scroll or zoom along; only a listener that is not passive can say so.
      { ...options, passive: false },
    );
    return () => {
      stop.abort();
      endFling();
    };
  }, [ref]);
}

const PRESSED = 'button, [data-clickable]';

const prefersStillness = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** Whether the wheel belongs to the page: it is longer than the window, and the chart is not in use. */
function scrollsPage(element: HTMLElement): boolean {
  const { scrollHeight, clientHeight } = document.documentElement;
  return scrollHeight > clientHeight + 1 && !element.contains(document.activeElement);
}

/** Keeps moving at a fading speed until it stops or the returned function is called. */
function glide(speedAt: (ms: number) => number, onMove: (px: number) => void): () => void {
  let before: number | null = null;
  let begun = 0;
  let id = requestAnimationFrame(function step(now) {
    if (before === null) {
      before = now;
      begun = now;
    }
    const speed = speedAt(now - begun);
    if (speed === 0) return;
    onMove(speed * (now - before));
    before = now;
    id = requestAnimationFrame(step);
  });
  return () => cancelAnimationFrame(id);
}
