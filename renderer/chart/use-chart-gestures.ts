import { type RefObject, useEffect, useEffectEvent } from 'react';

export type ChartGestures = {
  /** The chart was dragged or scrolled sideways by so many pixels; positive moves it to the right, into the past. */
  readonly onPan: (px: number) => void;
  /** Show `factor` times as much time around the point `x` pixels from the left. */
  readonly onZoom: (factor: number, x: number) => void;
  /** Where the pointer rests, in pixels from the top left; null when it left or drags. */
  readonly onHover: (point: { readonly x: number; readonly y: number } | null) => void;
};

/** How much a turn of the wheel zooms: a notch of a common mouse (100 px) is about a sixth. */
const ZOOM_PER_WHEEL_PX = 0.0015;

/** Drag, wheel, two-finger scroll and pinch on an element, as panning and zooming. */
export function useChartGestures(ref: RefObject<HTMLElement | null>, gestures: ChartGestures): void {
  const onPan = useEffectEvent(gestures.onPan);
  const onZoom = useEffectEvent(gestures.onZoom);
  const onHover = useEffectEvent(gestures.onHover);

  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const down = new Map<number, { readonly x: number }>();
    const stop = new AbortController();
    const options = { signal: stop.signal };
    const positionOf = (event: MouseEvent): { x: number; y: number } => {
      const box = element.getBoundingClientRect();
      return { x: event.clientX - box.left, y: event.clientY - box.top };
    };

    element.addEventListener(
      'pointerdown',
      (event) => {
        // A button on the chart is pressed, not dragged.
        const isOnButton = event.target instanceof Element && event.target.closest('button') !== null;
        if (event.button !== 0 || isOnButton) return;
        down.set(event.pointerId, positionOf(event));
        element.setPointerCapture(event.pointerId);
      },
      options,
    );
    element.addEventListener(
      'pointermove',
      (event) => {
        const point = positionOf(event);
        const before = down.get(event.pointerId);
        if (before === undefined) return onHover(point);
        const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
        down.set(event.pointerId, point);
        onHover(null);
        if (other === undefined) return onPan(point.x - before.x);
        const apart = Math.max(10, Math.abs(point.x - other.x));
        onZoom(Math.max(10, Math.abs(before.x - other.x)) / apart, (point.x + other.x) / 2);
      },
      options,
    );
    const release = (event: PointerEvent): void => {
      down.delete(event.pointerId);
    };
    element.addEventListener('pointerup', release, options);
    element.addEventListener('pointercancel', release, options);
    element.addEventListener('pointerleave', () => onHover(null), options);
    element.addEventListener(
      'wheel',
      (event) => {
        event.preventDefault();
        const sideways = event.shiftKey ? event.deltaY : event.deltaX;
        if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) return onPan(-sideways);
        onZoom(Math.exp(event.deltaY * ZOOM_PER_WHEEL_PX), positionOf(event).x);
      },
      // The page must not scroll or zoom along; only a listener that is not passive can say so.
      { ...options, passive: false },
    );
    return () => stop.abort();
  }, [ref]);
}
