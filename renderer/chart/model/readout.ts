import type { Candle, VolumeKind } from '../../../shared/domain/candle.ts';
import { formatCoinName, formatSource } from '../../../shared/format/name.ts';
import { formatCompact, formatNumber } from '../../../shared/format/number.ts';
import { formatPct } from '../../../shared/format/percent.ts';
import { priceDecimals } from '../../../shared/format/price.ts';
import { t } from '../../../shared/messages/message.ts';
import { candleAt, firstAt } from './candle-range.ts';
import type { Scene } from './scene.ts';
import { sourceAt, sourcesInSight } from './sources.ts';

/** One figure of the readout. Those that differ in their values alone are the same figures. */
export type Figure = {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  readonly tone?: 'up' | 'down';
  /** Which of the colours for studies its name has. */
  readonly color?: number;
};

export type ReadoutInputs = {
  /** Null until the chart is drawn. */
  readonly scene: Scene | null;
  /** The newest candle there is. */
  readonly live: Candle | null;
  /** Where the pointer is, in pixels from the left; null where it is not on the chart. */
  readonly pointerX: number | null;
  readonly vsCurrency: string;
  readonly volumeKind: VolumeKind | null;
  /** When a candle began, with its year. */
  readonly dateOf: (start: number) => string;
};

/** The figures of the candle under the pointer, or of the last one on the chart; of the newest there is when it is empty. */
export function readoutFigures(inputs: ReadoutInputs): readonly Figure[] {
  const { scene, live, pointerX, vsCurrency, volumeKind, dateOf } = inputs;
  const candle = scene === null ? live : candleToRead(scene, live, pointerX);
  if (candle === null) return [];
  const decimals = priceDecimals(candle.close, vsCurrency);
  const changePct = (candle.close / candle.open - 1) * 100;
  const price = (value: number): string => formatNumber(value, decimals);
  const figures: Figure[] = [
    { id: 'time', name: t('readout.time'), value: dateOf(candle.start) },
    { id: 'open', name: t('readout.open'), value: price(candle.open) },
    { id: 'high', name: t('readout.high'), value: price(candle.high) },
    { id: 'low', name: t('readout.low'), value: price(candle.low) },
    { id: 'close', name: t('readout.close'), value: price(candle.close) },
    {
      id: 'change',
      name: t('readout.change'),
      value: formatPct(changePct),
      tone: changePct < 0 ? 'down' : 'up',
    },
  ];
  if (volumeKind !== null && candle.volume !== null) {
    const name = t('chart.volume', { kind: volumeKind });
    figures.push({ id: 'volume', name, value: formatCompact(candle.volume) });
  }
  const origin = originOf(candle, scene, pointerX !== null);
  if (origin !== null) figures.push({ id: 'from', name: t('readout.from'), value: origin });
  if (scene === null) return figures;
  if (scene.isLiveOpen && candle.start === live?.start) {
    figures.push({ id: 'state', name: t('readout.state'), value: t('readout.not-closed') });
  }
  return [...figures, ...studyFigures(scene, candle, vsCurrency), ...comparedFigures(scene, candle)];
}

function candleToRead(scene: Scene, live: Candle | null, pointerX: number | null): Candle | null {
  const { candles, intervalMs, first, end, range } = scene;
  if (pointerX !== null) {
    const at = scene.time.at(pointerX);
    const isLive = live !== null && at >= live.start && at < live.start + intervalMs;
    const pointed = isLive ? live : candleAt(candles, at, intervalMs);
    if (pointed !== undefined) return pointed;
  }
  const isLiveShown = live !== null && live.start < range.to && live.start + intervalMs > range.from;
  if (isLiveShown) return live;
  return (end > first ? candles[end - 1] : undefined) ?? live ?? candles.at(-1) ?? null;
}

/** Whose prices a candle has, where that is in question: it is pointed at, is history, or others on the chart are of others. */
function originOf(candle: Candle, scene: Scene | null, isPointed: boolean): string | null {
  const isHistory = candle.tickCount === 0;
  const source = scene === null ? null : sourceAt(scene.inputs.sources, candle.start);
  const isShown = isHistory || isPointed || (scene !== null && sourcesInSight(scene).length > 1);
  if (!isShown || (source === null && !isHistory)) return null;
  const name = source === null ? null : formatSource(source);
  return t('readout.origin', { source: name, isHistory });
}

/** What the studies are at a candle, in their colours. */
function studyFigures({ candles, inputs }: Scene, candle: Candle, vsCurrency: string): readonly Figure[] {
  if (inputs.studies.length === 0) return [];
  const index = candles.findLastIndex(({ start }) => start <= candle.start);
  const isClosed = candles[index]?.start === candle.start;
  return inputs.studies.flatMap(({ id, title, color, pane, values, preview }): readonly Figure[] => {
    const all = isClosed ? values.map((line) => line[index] ?? Number.NaN) : preview(candle);
    const known = all.filter((value) => !Number.isNaN(value));
    if (known.length === 0) return [];
    const texts = known.map((value) =>
      pane === 'price' ? formatNumber(value, priceDecimals(value, vsCurrency)) : formatCompact(value),
    );
    return [{ id, name: title, value: texts.join(' · '), color }];
  });
}

/** How far the compared coins are from where they were at the left edge. */
function comparedFigures({ inputs, range, intervalMs }: Scene, candle: Candle): readonly Figure[] {
  return inputs.compared.flatMap(({ coinId, color, starts, closes }): readonly Figure[] => {
    const base = closes[firstAt(starts, range.from - intervalMs + 1)];
    const close = closes[firstAt(starts, candle.start + 1) - 1];
    if (base === undefined || close === undefined) return [];
    const value = formatPct((close / base - 1) * 100);
    return [{ id: `compared ${coinId}`, name: formatCoinName(coinId), value, color }];
  });
}
