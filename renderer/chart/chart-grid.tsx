import { type Dispatch, useCallback, useMemo, useState } from 'react';
import { useObservable } from '../observable/use-observable.ts';
import { storedInBrowser } from './browser-storage.ts';
import classes from './chart-grid.module.css';
import { ChartPanel } from './chart-panel.tsx';
import type { ChartAction, ChartChoice } from './model/chart-choice.ts';
import {
  gridSchema,
  gridStep,
  linked,
  ONE_CHART,
  type StoredGrid,
  storedCharts,
} from './model/chart-grid.ts';
import type { WantedLevel } from './model/wanted-level.ts';

const stored = storedInBrowser('chart-grid', gridSchema, ONE_CHART);

type ChartGridProps = {
  readonly coinId: string;
  readonly vsCurrency: string;
  readonly choice: ChartChoice;
  readonly dispatch: Dispatch<ChartAction>;
  readonly onLevelWanted?: (level: WantedLevel) => void;
};

/** One, two or four charts. The first one shows the coin that is chosen on the page. */
export function ChartGrid(props: ChartGridProps) {
  const { coinId, vsCurrency, choice, dispatch } = props;
  const grid = useObservable(stored);
  const [others, setOthers] = useState(() => storedCharts(grid));
  const change = useCallback((part: Partial<StoredGrid>) => {
    const next = { ...stored.get(), ...part };
    stored.set(next);
    if (part.size !== undefined)
      setOthers((before) => storedCharts(next).map((chart, at) => before[at] ?? chart));
  }, []);
  const control = useMemo(() => ({ grid, change }), [grid, change]);
  const first = { ...choice, coinId };

  const dispatchOther =
    (index: number, chart: ChartChoice): Dispatch<ChartAction> =>
    (action) => {
      const step = gridStep(chart, action, first, grid.links);
      const next = others.with(index, step.chart);
      setOthers(next);
      stored.set({
        ...stored.get(),
        others: next.map(({ coinId: coin, interval }) => ({ coinId: coin, interval })),
      });
      if (step.first !== null) dispatch({ type: 'become', ...step.first });
    };

  return (
    <div className={classes.grid} data-size={grid.size}>
      <ChartPanel {...props} isFirst grid={control} />
      {others.slice(0, grid.size - 1).map((own, index) => {
        const chart = linked(own, first, grid.links);
        return (
          <ChartPanel
            // They differ only by their position.
            // biome-ignore lint/suspicious/noArrayIndexKey: charts are added and removed at the end
            key={index}
            coinId={chart.coinId ?? coinId}
            vsCurrency={vsCurrency}
            choice={chart}
            dispatch={dispatchOther(index, chart)}
            {...(props.onLevelWanted && { onLevelWanted: props.onLevelWanted })}
            isFirst={false}
            grid={null}
          />
        );
      })}
    </div>
  );
}
