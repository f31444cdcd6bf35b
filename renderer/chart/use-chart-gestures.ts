import { type RefObject, useEffect, useEffectEvent } from 'react';
import { createFling } from './model/fling.ts';

export type Point = { readonly x: number; readonly y: number };

export type ChartGestures = {
  /** The part of the chart that a point is on. */
  readonly zoneOf: (point: Point) => 'plot' | 'price-axis' | 'time-axis';
  /** The chart was dragged or scrolled by the given pixels; positive numbers move it to the right, into the past, and down. */
  readonly onPan: (px: number, downPx: number) => void;
  /** The chart was zoomed to `factor` times as much time, around the point `x` pixels from the left. */
  readonly onZoom: (factor: number, x: number) => void;
  /** The price axis was dragged by the given pixels. */
  readonly onScale: (downPx: number) => void;
  readonly onDoubleClick: (point: Point) => void;
  /** The position of the pointer in pixels from the top left; null when it has left or is dragging. */
  readonly onHover: (point: Point | null) => void;
  /**
   * A drag with Shift, or with a drawing tool, begins, continues or ends. Returns whether it was handled; otherwise, the chart is
   * moved.
   */
  readonly onMark: (phase: 'begin' | 'move' | 'end', point: Point, isShift: boolean) => boolean;
};

/** The zoom by a pixel of the wheel: a step of a common mouse (100 px) is about a sixth. */
const ZOOM_PER_WHEEL_PX = 0.0015;
const MIN_FINGER_PX = 10;

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
    let mode: 'pan' | 'scale-price' | 'scale-time' | 'mark' = 'pan';
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
      return zone === 'price-axis' ? 'scale-price' : zone === 'time-axis' ? 'scale-time' : 'pan';
    };
    const endFling = (): void => {
      cancelFling?.();
      cancelFling = null;
    };

    element.addEventListener(
      'pointerdown',
      (event) => {
        endFling();
        // Buttons and clickable marks on the chart have their own handlers.
        const isOnButton = event.target instanceof Element && event.target.closest(PRESSED) !== null;
        if (event.button !== 0 || isOnButton) return;
        // A second finger starts a pinch, unless the first one is drawing.
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
          // Browsers also send this event when an element moves under a pointer that does not.
          const isStill = stood.x === point.x && stood.y === point.y;
          stood = point;
          return isStill ? undefined : onHover(point);
        }
        const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
        down.set(event.pointerId, point);
        onHover(null);
        if (mode === 'mark') return void onMark('move', point, event.shiftKey);
        if (mode === 'scale-price') return onScale(point.y - before.y);
        if (mode === 'scale-time') {
          const width = element.clientWidth;
          return onZoom(Math.exp((before.x - point.x) / -Math.max(1, width / 3)), width);
        }
        if (other !== undefined) {
          const apart = Math.max(MIN_FINGER_PX, Math.abs(point.x - other.x));
          // The midpoint between the fingers has moved by half as much.
          onPan((point.x - before.x) / 2, 0);
          return onZoom(
            Math.max(MIN_FINGER_PX, Math.abs(before.x - other.x)) / apart,
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
        // One finger scrolls the page vertically, unless it draws or drags an axis; two fingers never do.
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
      // Only a listener that is not passive can prevent the page from scrolling or zooming.
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

/** Whether the wheel scrolls the page: it is longer than the window, and the chart does not have the focus. */
function scrollsPage(element: HTMLElement): boolean {
  const { scrollHeight, clientHeight } = document.documentElement;
  return scrollHeight > clientHeight + 1 && !element.contains(document.activeElement);
}

/** Moves at a decreasing speed until it is zero or the returned function is called. */
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
