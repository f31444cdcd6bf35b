import { type Dispatch, useEffect, useLayoutEffect, useState } from 'react';
import type { ChartAction } from './model/chart-choice.ts';
import type { ChartCore } from './model/chart-core.ts';
import type { ChartView } from './model/chart-view.ts';

/** Shows the view that the page has chosen, and tells the page each view in which the chart has come to rest. */
export function usePageView(core: ChartCore, view: ChartView, dispatch: Dispatch<ChartAction>): void {
  const [rested] = useState(() => new WeakSet<ChartView>());
  useLayoutEffect(() => {
    // Views in which the chart came to rest come back from the page. A hand may have moved it on by then.
    if (!rested.has(view)) core.setView(view, false);
  }, [core, view, rested]);
  useEffect(
    () =>
      core.onRest((restView) => {
        // A copy: the present is one and the same view whoever chooses it, a hand or a button.
        const own = { ...restView };
        rested.add(own);
        dispatch({ type: 'change-view', change: () => own });
      }),
    [core, dispatch, rested],
  );
}
