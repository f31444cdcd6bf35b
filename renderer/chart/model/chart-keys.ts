import { type ChartView, LIVE_VIEW, panned, type ViewFrame, visibleRange, zoomed } from './chart-view.ts';

/** The view after a key was pressed on the chart; null for a key without an effect on it. */
export function viewAfterKey(key: string, view: ChartView, frame: ViewFrame): ChartView | null {
  const { from, to } = visibleRange(view, frame);
  const tenth = (to - from) / frame.intervalMs / 10;
  switch (key) {
    case 'ArrowLeft':
      return panned(view, -tenth, frame);
    case 'ArrowRight':
      return panned(view, tenth, frame);
    case '+':
    // The same key without Shift, on many keyboards.
    case '=':
      return zoomed(view, 0.8, 1, frame);
    case '-':
      return zoomed(view, 1.25, 1, frame);
    case 'End':
      return LIVE_VIEW;
    default:
      return null;
  }
}
