import type { Candle, VolumeKind } from '../../../shared/domain/candle.ts';
import { formatCoinName, formatSource } from '../../../shared/format/name.ts';
import { formatCompact, formatNumber } from '../../../shared/format/number.ts';
import { formatPct } from '../../../shared/format/percent.ts';
import { priceDecimals } from '../../../shared/format/price.ts';
import { t } from '../../../shared/messages/message.ts';
import { candleAt, firstAt } from './candle-range.ts';
import { PRICE_PANE } from './chart-layout.ts';
import type { Scene } from './scene.ts';
import { sourceAt, visibleSources } from './sources.ts';

/** One figure of the readout, identified by its id. */
export type Figure = {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  readonly tone?: 'up' | 'down';
  /** The number of its colour among those for studies. */
  readonly color?: number;
};

export type ReadoutInputs = {
  /** Null until the chart is drawn. */
  readonly scene: Scene | null;
  /** The newest candle. */
  readonly live: Candle | null;
  /** The position of the pointer in pixels from the left; null if it is not on the chart. */
  readonly pointerX: number | null;
  readonly vsCurrency: string;
  readonly volumeKind: VolumeKind | null;
  /** The start of a candle as a date with its year. */
  readonly dateOf: (start: number) => string;
};

/** A figure before it is formatted: `deps` are all values that the result depends on. */
type Fact = {
  readonly id: string;
  readonly deps: readonly unknown[];
  readonly format: () => Omit<Figure, 'id'>;
};

/**
 * Reads the figures of the candle under the pointer, of the last visible candle, or of the newest one if none is visible. A figure
 * that has not changed since the last call is the same object: formatting a number takes longer than comparing it, and a price
 * changes few of them.
 */
export function figureReader(): (inputs: ReadoutInputs) => readonly Figure[] {
  let formatted = new Map<string, { readonly fact: Fact; readonly figure: Figure }>();
  return (inputs) => {
    const before = formatted;
    formatted = new Map();
    for (const fact of factsOf(inputs)) {
      const last = before.get(fact.id);
      const isSame = last !== undefined && haveSameItems(last.fact.deps, fact.deps);
      formatted.set(fact.id, isSame ? last : { fact, figure: { id: fact.id, ...fact.format() } });
    }
    return Array.from(formatted.values(), ({ figure }) => figure);
  };
}

const haveSameItems = (one: readonly unknown[], other: readonly unknown[]): boolean =>
  one.length === other.length && one.every((item, index) => Object.is(item, other[index]));

function factsOf(inputs: ReadoutInputs): readonly Fact[] {
  const { scene, live, pointerX, vsCurrency, volumeKind, dateOf } = inputs;
  const candle = scene === null ? live : candleToRead(scene, live, pointerX);
  if (candle === null) return [];
  const { start, open, close, volume } = candle;
  const decimals = priceDecimals(close, vsCurrency);
  const price = (id: 'open' | 'high' | 'low' | 'close'): Fact => ({
    id,
    deps: [candle[id], decimals],
    format: () => ({ name: t(`readout.${id}`), value: formatNumber(candle[id], decimals) }),
  });
  const facts: Fact[] = [
    {
      id: 'time',
      deps: [start, dateOf],
      format: () => ({ name: t('readout.time'), value: dateOf(start) }),
    },
    price('open'),
    price('high'),
    price('low'),
    price('close'),
    {
      id: 'change',
      deps: [open, close],
      format: () => ({
        name: t('readout.change'),
        value: formatPct((close / open - 1) * 100),
        tone: close < open ? 'down' : 'up',
      }),
    },
  ];
  if (volumeKind !== null && volume !== null) {
    facts.push({
      id: 'volume',
      deps: [volumeKind, volume],
      format: () => ({ name: t('chart.volume', { kind: volumeKind }), value: formatCompact(volume) }),
    });
  }
  const origin = originOf(candle, scene, pointerX !== null);
  if (origin !== null) {
    const { source, isHistory } = origin;
    facts.push({
      id: 'from',
      deps: [source, isHistory],
      format: () => ({
        name: t('readout.from'),
        value: t('readout.origin', { source: source === null ? null : formatSource(source), isHistory }),
      }),
    });
  }
  if (scene === null) return facts;
  if (scene.isLiveOpen && start === live?.start) {
    const format = () => ({ name: t('readout.state'), value: t('readout.not-closed') });
    facts.push({ id: 'state', deps: [], format });
  }
  return [...facts, ...studyFacts(scene, candle, vsCurrency), ...comparedFacts(scene, candle)];
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

/** The source of a candle, if the pointer is on it, it is historical, or candles of several sources are visible; otherwise null. */
function originOf(
  candle: Candle,
  scene: Scene | null,
  isPointed: boolean,
): { readonly source: string | null; readonly isHistory: boolean } | null {
  const isHistory = candle.tickCount === 0;
  const source = scene === null ? null : sourceAt(scene.inputs.sources, candle.start);
  const isShown = isHistory || isPointed || (scene !== null && visibleSources(scene).length > 1);
  return isShown && (source !== null || isHistory) ? { source, isHistory } : null;
}

/** The values of the studies at a candle, in their colours. */
function studyFacts({ candles, inputs }: Scene, candle: Candle, vsCurrency: string): readonly Fact[] {
  if (inputs.studies.length === 0) return [];
  const index = candles.findLastIndex(({ start }) => start <= candle.start);
  const isClosed = candles[index]?.start === candle.start;
  return inputs.studies.flatMap(({ id, title, color, pane, values, preview }): readonly Fact[] => {
    const all = isClosed ? values.map((line) => line[index] ?? Number.NaN) : preview(candle);
    const known = all.filter((value) => !Number.isNaN(value));
    if (known.length === 0) return [];
    const formatValue = (value: number): string =>
      pane === PRICE_PANE ? formatNumber(value, priceDecimals(value, vsCurrency)) : formatCompact(value);
    const format = () => ({ name: title, value: known.map(formatValue).join(' · '), color });
    return [{ id, deps: [title, color, vsCurrency, ...known], format }];
  });
}

/** The changes of the compared coins since the left edge. */
function comparedFacts({ inputs, range, intervalMs }: Scene, candle: Candle): readonly Fact[] {
  return inputs.compared.flatMap(({ coinId, color, starts, closes }): readonly Fact[] => {
    const base = closes[firstAt(starts, range.from - intervalMs + 1)];
    const close = closes[firstAt(starts, candle.start + 1) - 1];
    if (base === undefined || close === undefined) return [];
    const format = () => ({
      name: formatCoinName(coinId),
      value: formatPct((close / base - 1) * 100),
      color,
    });
    return [{ id: `compared ${coinId}`, deps: [close, base, color], format }];
  });
}
