import { useEffect, useState } from 'react';
import { type ChartCore, type ChartHost, createChartCore } from './model/chart-core.ts';
import type { ChartView } from './model/chart-view.ts';

/** The frames and timers of the page. */
export const browserHost: ChartHost = {
  requestFrame(onFrame) {
    const id = requestAnimationFrame(onFrame);
    return () => cancelAnimationFrame(id);
  },
  setTimer(ms, onTime) {
    const id = setTimeout(onTime, ms);
    return () => clearTimeout(id);
  },
};

/** The core of a chart, for the lifetime of the component. */
export function useChartCore(view: ChartView): ChartCore {
  const [core] = useState(() => createChartCore(browserHost, view));
  useEffect(() => core.dispose, [core]);
  return core;
}
