import { type Dispatch, useEffect, useLayoutEffect, useState } from 'react';
import type { ChartAction } from './model/chart-choice.ts';
import type { ChartCore } from './model/chart-core.ts';
import type { ChartView } from './model/chart-view.ts';

/** Shows the view that the page has chosen, and reports each view at which the chart has stopped to the page. */
export function usePageView(core: ChartCore, view: ChartView, dispatch: Dispatch<ChartAction>): void {
  const [rested] = useState(() => new WeakSet<ChartView>());
  useLayoutEffect(() => {
    // Views that the chart has reported come back from the page. The user may have moved it further by then.
    if (!rested.has(view)) core.setView(view, false);
  }, [core, view, rested]);
  useEffect(
    () =>
      core.onRest((restView) => {
        // A copy: the view of the present is the same object whether it is chosen by a drag or a button.
        const own = { ...restView };
        rested.add(own);
        dispatch({ type: 'change-view', change: () => own });
      }),
    [core, dispatch, rested],
  );
}
