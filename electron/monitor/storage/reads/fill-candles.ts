import type { Candle, VolumeKind } from '../../../../shared/domain.ts';
import { bucketStart, INTERVAL_MS, type Interval } from '../../../../shared/intervals.ts';

/** A provider's candle in which nothing was measured. */
export type HistoryPiece = {
  readonly start: number;
  readonly lengthMs: number;
  readonly source: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number | null;
  readonly volumeKind: VolumeKind;
};

/** Times of the first and the last tick of a bucket, in ms. */
export type MeasuredSpan = { readonly first: number; readonly last: number };

export type FillInput = {
  readonly interval: Interval;
  readonly limit: number;
  /** Oldest first, with the kind of their volume. */
  readonly measured: readonly Candle[];
  readonly measuredVolume: VolumeKind | null;
  readonly pieces: readonly HistoryPiece[];
  /** For each bucket that has both a measured candle and pieces. */
  readonly spans: ReadonlyMap<number, MeasuredSpan>;
};

/**
 * The newest `limit` candles that measured ones and history give together, oldest first, with one kind of volume.
 *
 * A bucket without ticks is made of history. Of several sources that one counts which gives traded volume, then the one
 * that fills most. Open and close come from its coarsest pieces, which are the provider's own candles; high and low from
 * all, since prices that are read off now and then miss peaks that a true candle has. A bucket that was measured in part
 * (the program started in the middle, or slept) keeps its measured prices and takes over what lies beyond them.
 *
 * Traded and rolling volume are never in one answer: the kind that more candles have counts, the other is left out.
 */
export function fillCandles(input: FillInput): {
  readonly candles: readonly Candle[];
  readonly volumeKind: VolumeKind | null;
} {
  const { interval, limit, measured, measuredVolume, spans } = input;
  type Filled = { readonly candle: Candle; readonly volumeKind: VolumeKind | null };
  const filled = new Map<number, Filled>(
    measured.map((candle) => [
      candle.start,
      { candle, volumeKind: candle.volume === null ? null : measuredVolume },
    ]),
  );
  const byBucket = Map.groupBy(input.pieces, ({ start }) => bucketStart(start, interval));
  for (const [start, pieces] of byBucket) {
    const own = filled.get(start);
    const best = piecesOfBestSource(pieces);
    const span = spans.get(start);
    if (own === undefined) filled.set(start, candleOf(start, interval, best));
    else if (span !== undefined) filled.set(start, { ...own, candle: extended(own.candle, span, best) });
  }
  const newest = [...filled.values()].sort((a, b) => a.candle.start - b.candle.start).slice(-limit);
  const count = (kind: VolumeKind): number => newest.filter(({ volumeKind }) => volumeKind === kind).length;
  const [traded, rolling] = [count('traded'), count('rolling-24h')];
  const volumeKind = traded === 0 && rolling === 0 ? null : traded >= rolling ? 'traded' : 'rolling-24h';
  return {
    volumeKind,
    candles: newest.map(({ candle, volumeKind: kind }) =>
      kind === volumeKind || candle.volume === null ? candle : { ...candle, volume: null },
    ),
  };
}

function piecesOfBestSource(pieces: readonly HistoryPiece[]): readonly HistoryPiece[] {
  const rated = [...Map.groupBy(pieces, ({ source }) => source)].map(([source, own]) => ({
    source,
    own,
    traded: own.some(({ volumeKind }) => volumeKind === 'traded') ? 1 : 0,
    filledMs: coarsest(own).reduce((sum, { lengthMs }) => sum + lengthMs, 0),
  }));
  rated.sort((a, b) => b.traded - a.traded || b.filledMs - a.filledMs || (a.source < b.source ? -1 : 1));
  return rated[0]?.own ?? [];
}

/** Pieces that do not overlap, in order of time; of two that do, the longer one. */
function coarsest(pieces: readonly HistoryPiece[]): readonly HistoryPiece[] {
  const taken: HistoryPiece[] = [];
  // Bounds of pieces line up, so they overlap only where one lies in the other.
  for (const piece of pieces.toSorted((a, b) => b.lengthMs - a.lengthMs || a.start - b.start)) {
    const isInside = taken.some(
      ({ start, lengthMs }) => piece.start >= start && piece.start < start + lengthMs,
    );
    if (!isInside) taken.push(piece);
  }
  return taken.sort((a, b) => a.start - b.start);
}

function candleOf(
  start: number,
  interval: Interval,
  pieces: readonly HistoryPiece[],
): { readonly candle: Candle; readonly volumeKind: VolumeKind | null } {
  const chosen = coarsest(pieces);
  const volumeKind = pieces[0]?.volumeKind ?? null;
  const volume =
    volumeKind === 'traded'
      ? tradedVolume(chosen, INTERVAL_MS[interval])
      : rollingVolume(pieces, start + INTERVAL_MS[interval]);
  const candle = {
    start,
    open: chosen.at(0)?.open ?? Number.NaN,
    high: Math.max(...pieces.map(({ high }) => high)),
    low: Math.min(...pieces.map(({ low }) => low)),
    close: chosen.at(-1)?.close ?? Number.NaN,
    volume,
    tickCount: 0,
  };
  return { candle, volumeKind: volume === null ? null : volumeKind };
}

/** What was traded in the whole bucket; null when a part of it is unknown. */
function tradedVolume(chosen: readonly HistoryPiece[], intervalMs: number): number | null {
  let volume = 0;
  let filledMs = 0;
  for (const piece of chosen) {
    if (piece.volume === null) return null;
    volume += piece.volume;
    filledMs += piece.lengthMs;
  }
  return filledMs === intervalMs ? volume : null;
}

/** A rolling volume is a level at the end of a candle: any piece that ends with the bucket knows it. */
function rollingVolume(pieces: readonly HistoryPiece[], end: number): number | null {
  return (
    pieces.find((piece) => piece.volume !== null && piece.start + piece.lengthMs === end)?.volume ?? null
  );
}

/** A measured candle with what history knows of the rest of its bucket. Its volume stays that of its last tick. */
function extended(measured: Candle, span: MeasuredSpan, pieces: readonly HistoryPiece[]): Candle {
  const chosen = coarsest(pieces);
  const first = chosen.at(0);
  const last = chosen.at(-1);
  return {
    ...measured,
    open: first !== undefined && first.start < span.first ? first.open : measured.open,
    high: Math.max(measured.high, ...pieces.map(({ high }) => high)),
    low: Math.min(measured.low, ...pieces.map(({ low }) => low)),
    close: last !== undefined && last.start > span.last ? last.close : measured.close,
  };
}
