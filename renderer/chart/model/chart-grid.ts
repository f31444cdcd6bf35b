import { z } from 'zod';
import { intervalLengthMs, intervalSchema } from '../../../shared/domain/interval.ts';
import { type ChartAction, type ChartChoice, nextChoice } from './chart-choice.ts';
import { type ChartView, LIVE_VIEW } from './chart-view.ts';

export const GRID_SIZES = [1, 2, 4] as const;

/** The properties that the charts of a grid share. */
const linksSchema = z.object({ coin: z.boolean(), interval: z.boolean(), time: z.boolean() });
export type GridLinks = Readonly<z.infer<typeof linksSchema>>;

/** The number of charts, and the stored state of those after the first. */
export const gridSchema = z.object({
  size: z.literal(GRID_SIZES),
  links: linksSchema,
  others: z.array(z.object({ coinId: z.string().nullable(), interval: intervalSchema })).readonly(),
});
export type StoredGrid = Readonly<z.infer<typeof gridSchema>>;

export const ONE_CHART: StoredGrid = {
  size: 1,
  links: { coin: false, interval: false, time: false },
  others: [],
};

/** Intervals of new charts in a grid. */
const NEW_INTERVALS = ['15m', '1h', '1d'] as const;

/** The charts after the first: those that were stored, and new ones for the rest. */
export function storedCharts({ size, others }: StoredGrid): readonly ChartChoice[] {
  return NEW_INTERVALS.slice(0, size - 1).map((interval, index) => ({
    coinId: null,
    interval,
    ...others[index],
    view: LIVE_VIEW,
    alert: null,
  }));
}

/** A chart with the properties that are linked to another. */
export function linked(chart: ChartChoice, to: ChartChoice, links: GridLinks): ChartChoice {
  const interval = links.interval ? to.interval : chart.interval;
  return {
    ...chart,
    coinId: links.coin || chart.coinId === null ? to.coinId : chart.coinId,
    interval,
    view: links.time ? sameTime(to, interval) : chart.view,
    // An alert is marked on every chart of its coin.
    alert: to.alert ?? chart.alert,
  };
}

/** The view that shows the same range in another interval. */
function sameTime({ view, interval }: ChartChoice, other: ChartChoice['interval']): ChartView {
  if (view.bars === null || !Number.isFinite(view.bars) || interval === other) return view;
  const bars = (view.bars * intervalLengthMs(interval)) / intervalLengthMs(other);
  if (view.mode === 'past') return { ...view, bars };
  return { mode: 'live', bars };
}

export type GridStep = {
  /** The chart that was changed. */
  readonly chart: ChartChoice;
  /** The new state of the first chart; null if no linked property has changed. */
  readonly first: Pick<ChartChoice, 'coinId' | 'interval' | 'view'> | null;
};

/** The effect of an action on a chart after the first, on that chart and on the first. */
export function gridStep(
  chart: ChartChoice,
  action: ChartAction,
  first: ChartChoice,
  links: GridLinks,
): GridStep {
  const next = nextChoice(chart, action);
  const becomes = {
    coinId: links.coin ? next.coinId : first.coinId,
    interval: links.interval ? next.interval : first.interval,
    view:
      links.time && next.view !== chart.view
        ? sameTime(next, links.interval ? next.interval : first.interval)
        : first.view,
  };
  const isSame =
    becomes.coinId === first.coinId && becomes.interval === first.interval && becomes.view === first.view;
  return { chart: next, first: isSame ? null : becomes };
}
