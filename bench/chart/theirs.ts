import {
  CandlestickSeries,
  createChart,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  LineSeries,
  type Time,
} from 'lightweight-charts';
import { AVERAGES, averageOfCloses, CANDLES, LOADED, offer, painted, VISIBLE } from './market.ts';

const time = (at: number): Time => (at / 1_000) as Time;
const root = document.getElementById('root') ?? document.body;

// Computed before the measurement: our chart computes averages, theirs does not.
const candles = CANDLES.map(({ start, open, high, low, close }) => ({
  time: time(start),
  open,
  high,
  low,
  close,
}));
const volumes = CANDLES.map(({ start, volume }) => ({ time: time(start), value: volume ?? 0 }));
const averages = AVERAGES.map((period) =>
  averageOfCloses(period).map(({ start, mean }) => ({ time: time(start), value: mean })),
);

let chart: IChartApi | undefined;
let series: ISeriesApi<'Candlestick'> | undefined;

offer({
  async load() {
    chart?.remove();
    await painted();
    const at = performance.now();
    chart = createChart(root, { width: 1_200, height: 640 });
    series = chart.addSeries(CandlestickSeries);
    series.setData(candles);
    const volume = chart.addSeries(HistogramSeries, { priceScaleId: 'volume' });
    volume.priceScale().applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } });
    volume.setData(volumes);
    for (const points of averages) chart.addSeries(LineSeries, { lineWidth: 1 }).setData(points);
    chart.timeScale().setVisibleLogicalRange({ from: LOADED - VISIBLE, to: LOADED + 3 });
    await painted();
    return performance.now() - at;
  },
  async show(bars) {
    chart?.timeScale().applyOptions({ minBarSpacing: 0.05 });
    chart?.timeScale().setVisibleLogicalRange({ from: LOADED - bars, to: LOADED + 3 });
    await painted();
  },
  tick(price) {
    const last = candles.at(-1);
    if (last === undefined) return;
    series?.update({
      ...last,
      high: Math.max(last.high, price),
      low: Math.min(last.low, price),
      close: price,
    });
  },
});
