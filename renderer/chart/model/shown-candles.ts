import type { Candle } from '../../../shared/domain/candle.ts';
import type { Scene } from './scene.ts';
import { sourceAt } from './sources.ts';

/** The visible candles of a scene, oldest first, including the one that is not closed yet. */
export function shownCandles({ candles, first, end, live }: Scene): readonly Candle[] {
  const closed = candles.slice(first, end);
  return live === null ? closed : [...closed, live];
}

/** The visible candles and the values of the studies as CSV. */
export function shownCsv(scene: Scene): string {
  const { studies } = scene.inputs;
  const names = studies.flatMap(({ id, lines }) =>
    lines.map(({ label }) => (lines.length === 1 ? id : `${id} ${label}`)),
  );
  const header = ['start', 'open', 'high', 'low', 'close', 'volume', 'tick_count', 'source', ...names];
  const rows = shownCandles(scene).map((candle, row) => {
    const index = scene.first + row;
    const isLive = candle === scene.live;
    const values = studies.flatMap((study) =>
      isLive ? [...study.preview(candle)] : study.values.map((line) => line[index] ?? Number.NaN),
    );
    return [
      new Date(candle.start).toISOString(),
      candle.open,
      candle.high,
      candle.low,
      candle.close,
      candle.volume ?? '',
      candle.tickCount,
      sourceAt(scene.inputs.sources, candle.start) ?? '',
      ...values.map((value) => (Number.isNaN(value) ? '' : value)),
    ];
  });
  return [header, ...rows].map((cells) => `${cells.map(cell).join(',')}\n`).join('');
}

const cell = (value: string | number): string =>
  /[",\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value);
