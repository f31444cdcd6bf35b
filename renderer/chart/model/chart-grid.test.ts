import { describe, expect, it } from 'vitest';
import type { ChartChoice } from './chart-choice.ts';
import { gridStep, linked, ONE_CHART, storedCharts } from './chart-grid.ts';
import { type ChartView, LIVE_VIEW } from './chart-view.ts';

const MINUTE = 60_000;
const first: ChartChoice = {
  coinId: 'bitcoin',
  interval: '1m',
  view: { mode: 'past', bars: 120, to: 1_000 * MINUTE },
  alert: null,
};
const other: ChartChoice = { coinId: 'zcash', interval: '15m', view: LIVE_VIEW, alert: null };
const free = { coin: false, interval: false, time: false };

describe('charts in a grid', () => {
  it('begin with the coin of the first chart, in longer intervals', () => {
    const charts = storedCharts({ ...ONE_CHART, size: 4 });
    expect(charts.map(({ interval }) => interval)).toEqual(['15m', '1h', '1d']);
    expect(charts.map((chart) => linked(chart, first, free).coinId)).toEqual([
      'bitcoin',
      'bitcoin',
      'bitcoin',
    ]);
  });

  it('are restored as they were saved', () => {
    const others = [{ coinId: 'zcash', interval: '4h' as const }];
    expect(storedCharts({ ...ONE_CHART, size: 2, others })).toEqual([{ ...other, interval: '4h' }]);
  });

  it('share only linked properties with the first chart', () => {
    expect(linked(other, first, free)).toEqual(other);
    expect(linked(other, first, { ...free, coin: true })).toEqual({ ...other, coinId: 'bitcoin' });
    expect(linked(other, first, { ...free, interval: true }).interval).toBe('1m');
  });

  it('show the same time in their own intervals if the time is linked', () => {
    const { view } = linked(other, first, { ...free, time: true });
    expect(view).toEqual({ mode: 'past', bars: 8, to: 1_000 * MINUTE });
  });

  it('apply linked properties to the first chart as well', () => {
    const move = {
      type: 'change-view',
      change: (): ChartView => ({ mode: 'past', bars: 10, to: 9 * MINUTE }),
    } as const;
    expect(gridStep(other, move, first, free).first).toBeNull();
    const { first: becomes } = gridStep(other, move, first, { ...free, time: true });
    expect(becomes).toEqual({
      coinId: 'bitcoin',
      interval: '1m',
      view: { mode: 'past', bars: 150, to: 9 * MINUTE },
    });
    const coin = gridStep(other, { type: 'choose-coin', coinId: 'dogecoin' }, first, { ...free, coin: true });
    expect(coin.first?.coinId).toBe('dogecoin');
    expect(coin.first?.view).toBe(first.view);
  });
});
