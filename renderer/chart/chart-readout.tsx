import { useSyncExternalStore } from 'react';
import type { Candle, VolumeKind } from '../../shared/domain/candle.ts';
import { intervalLengthMs } from '../../shared/domain/interval.ts';
import { formatCompact, formatNumber } from '../../shared/format/number.ts';
import { formatPct } from '../../shared/format/percent.ts';
import { priceDecimals } from '../../shared/format/price.ts';
import type { Observable } from '../api/observable.ts';
import type { SeriesKey } from './candle-query.ts';
import { candleAt, candlesWithin } from './candle-range.ts';
import { candleDate } from './candle-time.ts';
import classes from './chart-panel.module.css';
import type { TimeRange } from './chart-view.ts';
import type { HoverPoint } from './crosshair.tsx';
import { useLiveCandle } from './use-live-candle.ts';
import { VOLUME_LABELS } from './volume-pane.tsx';

type ChartReadoutProps = {
  readonly series: SeriesKey;
  readonly candles: readonly Candle[];
  readonly volumeKind: VolumeKind | null;
  readonly range: TimeRange;
  readonly plotWidth: number;
  readonly hover: Observable<HoverPoint | null>;
};

/** The figures of the candle under the pointer, or of the last one on the chart; of the newest there is when it is empty. */
export function ChartReadout({ series, candles, volumeKind, range, plotWidth, hover }: ChartReadoutProps) {
  const point = useSyncExternalStore(hover.subscribe, hover.get);
  const live = useLiveCandle(series, (candle) => candle);
  const intervalMs = intervalLengthMs(series.interval);
  const at = point && range.from + (point.x / plotWidth) * (range.to - range.from);
  const all = live === null ? candles : [...candles, live];
  const lastShown = candlesWithin(all, range, intervalMs).at(-1) ?? all.at(-1);
  const candle = (at === null ? undefined : candleAt(all, at, intervalMs)) ?? lastShown;
  if (candle === undefined) return <div className={classes.readout} />;

  const decimals = priceDecimals(candle.close, series.vsCurrency);
  const changePct = (candle.close / candle.open - 1) * 100;
  const price = (value: number): string => formatNumber(value, decimals);
  return (
    <dl className={classes.readout} data-testid="chart-readout">
      <Figure name="Time" value={candleDate(candle.start, series.interval)} />
      <Figure name="O" value={price(candle.open)} />
      <Figure name="H" value={price(candle.high)} />
      <Figure name="L" value={price(candle.low)} />
      <Figure name="C" value={price(candle.close)} />
      <Figure name="Change" value={formatPct(changePct)} tone={changePct < 0 ? 'down' : 'up'} />
      {volumeKind !== null && candle.volume !== null && (
        <Figure name={VOLUME_LABELS[volumeKind]} value={formatCompact(candle.volume)} />
      )}
      {candle.tickCount === 0 && <Figure name="From" value="history" />}
    </dl>
  );
}

type FigureProps = { readonly name: string; readonly value: string; readonly tone?: 'up' | 'down' };

function Figure({ name, value, tone }: FigureProps) {
  return (
    <div data-figure={name}>
      <dt>{name}</dt>
      <dd data-tone={tone}>{value}</dd>
    </div>
  );
}
