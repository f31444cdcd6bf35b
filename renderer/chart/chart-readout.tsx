import type { Candle, VolumeKind } from '../../shared/domain/candle.ts';
import { formatCoinName } from '../../shared/format/name.ts';
import { formatCompact, formatNumber } from '../../shared/format/number.ts';
import { formatPct } from '../../shared/format/percent.ts';
import { priceDecimals } from '../../shared/format/price.ts';
import { t } from '../../shared/messages/message.ts';
import type { Observable } from '../observable/observable.ts';
import { useObservable } from '../observable/use-observable.ts';
import classes from './chart-panel.module.css';
import type { HoverPoint } from './layers/crosshair.tsx';
import { firstAt } from './model/axis-frame.ts';
import { candleAt } from './model/candle-range.ts';
import type { ChartCore } from './model/chart-core.ts';
import type { Scene } from './model/scene.ts';

type ChartReadoutProps = {
  readonly core: ChartCore;
  readonly vsCurrency: string;
  readonly volumeKind: VolumeKind | null;
  readonly hover: Observable<HoverPoint | null>;
  /** When a candle began, with its year. */
  readonly dateOf: (start: number) => string;
};

/** The figures of the candle under the pointer, or of the last one on the chart; of the newest there is when it is empty. */
export function ChartReadout({ core, vsCurrency, volumeKind, hover, dateOf }: ChartReadoutProps) {
  const point = useObservable(hover);
  const live = useObservable(core.live);
  const scene = useObservable(core.sight);
  const candle = scene === null ? live : candleToRead(scene, live, point);
  if (candle === null) return <div className={classes.readout} />;

  const decimals = priceDecimals(candle.close, vsCurrency);
  const changePct = (candle.close / candle.open - 1) * 100;
  const price = (value: number): string => formatNumber(value, decimals);
  return (
    <dl className={classes.readout} data-testid="chart-readout">
      <Figure name={t('readout.time')} value={dateOf(candle.start)} />
      <Figure name={t('readout.open')} value={price(candle.open)} />
      <Figure name={t('readout.high')} value={price(candle.high)} />
      <Figure name={t('readout.low')} value={price(candle.low)} />
      <Figure name={t('readout.close')} value={price(candle.close)} />
      <Figure name={t('readout.change')} value={formatPct(changePct)} tone={changePct < 0 ? 'down' : 'up'} />
      {volumeKind !== null && candle.volume !== null && (
        <Figure name={t('chart.volume', { kind: volumeKind })} value={formatCompact(candle.volume)} />
      )}
      {candle.tickCount === 0 && <Figure name={t('readout.from')} value={t('readout.history')} />}
      {scene?.isLiveOpen && candle.start === live?.start && (
        <Figure name={t('readout.state')} value={t('readout.not-closed')} />
      )}
      {scene !== null && <StudyFigures scene={scene} candle={candle} vsCurrency={vsCurrency} />}
      {scene !== null && <ComparedFigures scene={scene} candle={candle} />}
    </dl>
  );
}

function candleToRead(scene: Scene, live: Candle | null, point: HoverPoint | null): Candle | null {
  const { candles, intervalMs, first, end, range } = scene;
  if (point !== null) {
    const at = scene.time.at(point.x);
    const isLive = live !== null && at >= live.start && at < live.start + intervalMs;
    const pointed = isLive ? live : candleAt(candles, at, intervalMs);
    if (pointed !== undefined) return pointed;
  }
  const isLiveShown = live !== null && live.start < range.to && live.start + intervalMs > range.from;
  if (isLiveShown) return live;
  return (end > first ? candles[end - 1] : undefined) ?? live ?? candles.at(-1) ?? null;
}

type StudyFiguresProps = {
  readonly scene: Scene;
  readonly candle: Candle;
  readonly vsCurrency: string;
};

/** What the studies are at a candle, in their colours. */
function StudyFigures({ scene, candle, vsCurrency }: StudyFiguresProps) {
  const { candles, inputs } = scene;
  const index = candles.findLastIndex(({ start }) => start <= candle.start);
  const isClosed = candles[index]?.start === candle.start;
  return inputs.studies.map((study) => {
    const values = isClosed
      ? study.values.map((line) => line[index] ?? Number.NaN)
      : [...study.preview(candle)];
    const known = values.filter((value) => !Number.isNaN(value));
    const text = known
      .map((value) =>
        study.pane === 'price' ? formatNumber(value, priceDecimals(value, vsCurrency)) : formatCompact(value),
      )
      .join(' · ');
    return known.length === 0 ? null : (
      <Figure key={study.id} name={study.title} value={text} color={study.color} />
    );
  });
}

/** How far the compared coins are from where they were at the left edge. */
function ComparedFigures({ scene, candle }: { readonly scene: Scene; readonly candle: Candle }) {
  const { inputs, range, intervalMs } = scene;
  return inputs.compared.map(({ coinId, color, starts, closes }) => {
    const base = closes[firstAt(starts, range.from - intervalMs + 1)];
    const close = closes[firstAt(starts, candle.start + 1) - 1];
    if (base === undefined || close === undefined) return null;
    return (
      <Figure
        key={coinId}
        name={formatCoinName(coinId)}
        value={formatPct((close / base - 1) * 100)}
        color={color}
      />
    );
  });
}

type FigureProps = {
  readonly name: string;
  readonly value: string;
  readonly tone?: 'up' | 'down';
  readonly color?: number;
};

function Figure({ name, value, tone, color }: FigureProps) {
  return (
    <div data-figure={name}>
      <dt style={color === undefined ? undefined : { color: `var(--study-${color % 6})` }}>{name}</dt>
      <dd data-tone={tone}>{value}</dd>
    </div>
  );
}
