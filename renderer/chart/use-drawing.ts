import { type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import { t } from '../../shared/messages/message.ts';
import { useObservable } from '../observable/use-observable.ts';
import { drawingStore } from './drawing-store.ts';
import { type DrawingGrip, draggedDrawing } from './layers/drawing-marks.tsx';
import type { ChartCore } from './model/chart-core.ts';
import { PRICE_PANE } from './model/chart-layout.ts';
import { type Anchor, type Drawing, type DrawingKind, isOfOnePlace } from './model/drawings.ts';
import type { SeriesKey } from './model/series-key.ts';
import type { Point } from './use-chart-gestures.ts';

/** The id of a drawing that is not finished yet. */
const SKETCH = 0;
/** A shorter drag is a click. */
const MIN_DRAG_PX = 4;

/** Drawing and measuring on a chart. */
export function useDrawing(core: ChartCore, { coinId, vsCurrency }: SeriesKey, onChosen: () => void) {
  const store = useMemo(() => drawingStore(coinId, vsCurrency), [coinId, vsCurrency]);
  const history = useObservable(store);
  const [tool, setTool] = useState<DrawingKind | null>(null);
  const [sketch, setSketch] = useState<Drawing | null>(null);
  const [chosenId, choose] = useState<number | null>(null);
  const [measured, setMeasured] = useState<{ readonly from: Anchor; readonly to: Anchor } | null>(null);
  const begun = useRef<{
    readonly point: Point;
    readonly isMeasure: boolean;
    readonly anchor: Anchor;
  } | null>(null);
  const held = useRef<Anchor | null>(null);

  // An unfinished drawing of another coin is discarded.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is discarded with the coin
  useEffect(() => {
    setSketch(null);
    setMeasured(null);
    choose(null);
  }, [store]);

  const anchorAt = ({ x, y }: Point): Anchor | null => {
    const scene = core.scene();
    const pane = scene?.panes.get(PRICE_PANE);
    if (scene === null || pane === undefined) return null;
    const price = pane.value(Math.min(Math.max(y, pane.top), pane.bottom));
    return price > 0 ? { at: Math.round(scene.time.at(x)), price } : null;
  };

  const onMark = (phase: 'begin' | 'move' | 'end', point: Point, isShift: boolean): boolean => {
    const anchor = anchorAt(point);
    if (phase === 'begin') {
      setMeasured(null);
      choose(null);
      if (anchor === null || (tool === null && !isShift)) return false;
      begun.current = { point, isMeasure: tool === null, anchor };
      return true;
    }
    const begin = begun.current;
    if (begin === null || anchor === null) return false;
    const isDrag = Math.hypot(point.x - begin.point.x, point.y - begin.point.y) >= MIN_DRAG_PX;
    if (begin.isMeasure) {
      if (isDrag) setMeasured({ from: begin.anchor, to: anchor });
    } else if (tool !== null) {
      const one = isOfOnePlace(tool);
      const drawing = { kind: tool, from: one ? anchor : begin.anchor, to: anchor, text: '' };
      if (phase === 'move') setSketch({ ...drawing, id: SKETCH });
      else finish(drawing, isDrag);
    }
    if (phase === 'end') begun.current = null;
    return true;
  };

  const finish = (drawing: Omit<Drawing, 'id'>, isDrag: boolean): void => {
    setSketch(null);
    // A click does not draw a line; the tool remains selected.
    if (!isDrag && !isOfOnePlace(drawing.kind)) return;
    store.dispatch({
      type: 'add',
      drawing: { ...drawing, text: drawing.kind === 'text' ? t('draw.kind', { kind: 'text' }) : '' },
    });
    choose(store.get().drawings.at(-1)?.id ?? null);
    setTool(null);
    onChosen();
  };

  const onDrag = (
    drawing: Drawing,
    grip: DrawingGrip,
    event: PointerEvent<SVGElement>,
    isOver: boolean,
  ): void => {
    const box = event.currentTarget.ownerSVGElement?.getBoundingClientRect();
    const anchor =
      box === undefined ? null : anchorAt({ x: event.clientX - box.left, y: event.clientY - box.top });
    if (anchor === null) return;
    held.current ??= anchor;
    const original = history.drawings.find(({ id }) => id === drawing.id) ?? drawing;
    const moved = draggedDrawing(original, grip, held.current, anchor);
    if (!isOver) {
      setSketch(moved);
      return;
    }
    const hasMoved = anchor.at !== held.current.at || anchor.price !== held.current.price;
    held.current = null;
    setSketch(null);
    if (hasMoved) store.dispatch({ type: 'change', drawing: moved });
  };

  const shown = withSketch(history.drawings, sketch);
  const chosen = history.drawings.find(({ id }) => id === chosenId) ?? null;

  /** Handles a key for drawings, and returns whether it was one. */
  const onKey = (key: string, isControl: boolean, isShift: boolean): boolean => {
    if (isControl && key.toLowerCase() === 'z') {
      store.dispatch({ type: isShift ? 'redo' : 'undo' });
      return true;
    }
    if (isControl && key.toLowerCase() === 'y') {
      store.dispatch({ type: 'redo' });
      return true;
    }
    if (key === 'Escape' && (tool !== null || measured !== null || chosen !== null)) {
      setTool(null);
      setMeasured(null);
      choose(null);
      return true;
    }
    if ((key === 'Delete' || key === 'Backspace') && chosen !== null) {
      store.dispatch({ type: 'remove', id: chosen.id });
      choose(null);
      return true;
    }
    return false;
  };

  return { store, history, shown, chosen, choose, tool, setTool, measured, onMark, onDrag, onKey };
}

/** The drawings including the one that is being drawn or dragged. It keeps its index, because a moved element loses the pointer. */
function withSketch(drawings: readonly Drawing[], sketch: Drawing | null): readonly Drawing[] {
  if (sketch === null) return drawings;
  const index = drawings.findIndex(({ id }) => id === sketch.id);
  return index < 0 ? [...drawings, sketch] : drawings.with(index, sketch);
}
