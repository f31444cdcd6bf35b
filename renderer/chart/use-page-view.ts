import { type Dispatch, useEffect, useLayoutEffect, useState } from 'react';
import type { ChartAction } from './model/chart-choice.ts';
import type { ChartCore } from './model/chart-core.ts';
import type { ChartView } from './model/chart-view.ts';

/** Shows the view that the page has chosen, and reports each view at which the chart stops to the page. */
export function usePageView(core: ChartCore, view: ChartView, dispatch: Dispatch<ChartAction>): void {
  const [rested] = useState(() => new WeakSet<ChartView>());
  useLayoutEffect(() => {
    // Views that the chart has reported are ignored when they return from the page: the user may have moved it further by then.
    if (!rested.has(view)) core.setView(view, false);
  }, [core, view, rested]);
  useEffect(
    () =>
      core.onRest((restView) => {
        // A copy, because `LIVE_VIEW` is the same object whether it results from a drag or from a button.
        const own = { ...restView };
        rested.add(own);
        dispatch({ type: 'change-view', change: () => own });
      }),
    [core, dispatch, rested],
  );
}
