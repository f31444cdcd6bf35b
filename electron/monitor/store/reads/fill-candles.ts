import type { Candle, VolumeKind } from '../../../../shared/domain/candle.ts';
import { bucketStart, type Interval, intervalLengthMs } from '../../../../shared/domain/interval.ts';
import { type SourceSince, sourcesOf } from '../../../../shared/domain/source-since.ts';

/** A provider's candle in whose time nothing was measured, or several of its candles combined. */
export type HistoryPiece = {
  readonly start: number;
  readonly lengthMs: number;
  /** The part of the bucket for which the provider has candles, in ms; the whole bucket when absent. */
  readonly filledMs?: number;
  /**
   * Whether the provider reports that nothing was traded, so that the prices are meaningless; when absent, a traded volume of 0
   * means the same.
   */
  readonly isIdle?: boolean;
  readonly source: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number | null;
  readonly volumeKind: VolumeKind;
};

/** A candle with each known kind of volume and the source of its prices. */
export type CandleOfBothVolumes = Omit<Candle, 'volume'> & {
  readonly source: string;
  readonly volumes: Readonly<Record<VolumeKind, number | null>>;
};

/** The times of the first and the last tick of a bucket, in milliseconds since the epoch. */
export type MeasuredSpan = { readonly first: number; readonly last: number };

export type FillInput = {
  readonly interval: Interval;
  readonly limit: number;
  /** The requested kind of volume. */
  readonly volumeKind?: VolumeKind | undefined;
  /** Oldest first. */
  readonly measured: readonly CandleOfBothVolumes[];
  readonly pieces: readonly HistoryPiece[];
  /** For each bucket that has both a measured candle and pieces. */
  readonly spans: ReadonlyMap<number, MeasuredSpan>;
};

/**
 * Combines measured candles with history and returns the newest `limit` of the result, oldest first, with one kind of volume.
 *
 * A bucket without ticks consists of history. Where nothing was traded there is no candle: some exchanges fill such a time
 * with flat candles of volume 0, others omit it, as measured candles do. Of several sources, one with traded volume is preferred,
 * then the one that covers most of the bucket. Open and close come from its coarsest pieces, which are the provider's own
 * candles; high and low from all pieces, because candles made of sampled prices miss extremes. A bucket that was measured in
 * part (the program started within it, or the machine slept) keeps its measured prices and is extended by the history around
 * them; its source is the one that was measured.
 *
 * A result never mixes traded and rolling volume: it has the requested kind or, without one, the kind that more candles have. The
 * other kind is omitted.
 */
export function fillCandles(input: FillInput): {
  readonly candles: readonly Candle[];
  readonly volumeKind: VolumeKind | null;
  readonly sources: readonly SourceSince[];
} {
  const { interval, limit, measured, spans } = input;
  const filled = new Map(measured.map((candle) => [candle.start, candle]));
  const byBucket = Map.groupBy(input.pieces, ({ start }) => bucketStart(start, interval));
  for (const [start, pieces] of byBucket) {
    const own = filled.get(start);
    const best = piecesOfBestSource(pieces);
    const span = spans.get(start);
    if (own === undefined) {
      if (!best.every(isWithoutTrades)) filled.set(start, candleOf(start, interval, best));
    } else if (span !== undefined) filled.set(start, extended(own, span, best));
  }
  const newest = [...filled.values()].sort((a, b) => a.start - b.start).slice(-limit);
  const volumeKind = input.volumeKind ?? commonKind(newest);
  return {
    volumeKind,
    sources: sourcesOf(newest),
    candles: newest.map(({ volumes, source: _, ...candle }) => ({
      ...candle,
      volume: volumeKind === null ? null : volumes[volumeKind],
    })),
  };
}

/** The kind of volume that more candles have; traded volume on a tie. */
function commonKind(candles: readonly CandleOfBothVolumes[]): VolumeKind | null {
  const count = (kind: VolumeKind): number => candles.filter(({ volumes }) => volumes[kind] !== null).length;
  const [traded, rolling] = [count('traded'), count('rolling-24h')];
  if (traded === 0 && rolling === 0) return null;
  return traded >= rolling ? 'traded' : 'rolling-24h';
}

function piecesOfBestSource(pieces: readonly HistoryPiece[]): readonly HistoryPiece[] {
  // The common case.
  if (pieces.length === 1) return pieces;
  const rated = [...Map.groupBy(pieces, ({ source }) => source)].map(([source, own]) => ({
    source,
    own,
    traded: own.some(isOfTrades) ? 1 : 0,
    filledMs: filledBy(coarsest(own)),
  }));
  rated.sort((a, b) => b.traded - a.traded || b.filledMs - a.filledMs || (a.source < b.source ? -1 : 1));
  return rated[0]?.own ?? [];
}

/** Whether these pieces of a bucket without measured prices result in a candle. */
export function haveCandle(pieces: readonly HistoryPiece[]): boolean {
  return !piecesOfBestSource(pieces).every(isWithoutTrades);
}

/** Whether the provider reports that nothing was traded; its prices are then those of the previous candle. */
function isWithoutTrades(piece: HistoryPiece): boolean {
  return piece.isIdle ?? (isOfTrades(piece) && piece.volume === 0);
}

function isOfTrades({ volumeKind }: HistoryPiece): boolean {
  return volumeKind === 'traded';
}

/** The total time of the provider's candles in pieces that do not overlap, in ms. */
function filledBy(pieces: readonly HistoryPiece[]): number {
  return pieces.reduce((sum, { lengthMs, filledMs = lengthMs }) => sum + filledMs, 0);
}

/** Pieces that do not overlap, in order of time; of overlapping ones, the longest. */
function coarsest(pieces: readonly HistoryPiece[]): readonly HistoryPiece[] {
  if (pieces.length === 1) return pieces;
  const byLength = [...Map.groupBy(pieces, ({ lengthMs }) => lengthMs)].sort(([a], [b]) => b - a);
  let chosen: readonly HistoryPiece[] = [];
  for (const [, own] of byLength) {
    const sorted = own.toSorted((a, b) => a.start - b.start);
    chosen = [...chosen, ...outside(chosen, sorted)].sort((a, b) => a.start - b.start);
  }
  return chosen;
}

/** The pieces of one length that are not within longer ones, each once. Both lists are in order of time. */
function outside(longer: readonly HistoryPiece[], pieces: readonly HistoryPiece[]): readonly HistoryPiece[] {
  let index = 0;
  return pieces.filter(({ start }, own) => {
    if (pieces[own - 1]?.start === start) return false;
    let around = longer[index];
    while (around !== undefined && around.start + around.lengthMs <= start) around = longer[++index];
    // The bounds of pieces are aligned, so two overlap only if one is within the other.
    return around === undefined || around.start > start;
  });
}

/** Not `Math.max`, whose number of arguments is limited: a year has half a million minutes. */
function highest(pieces: readonly HistoryPiece[]): number {
  return pieces.reduce((most, { high }) => (high > most ? high : most), Number.NEGATIVE_INFINITY);
}

function lowest(pieces: readonly HistoryPiece[]): number {
  return pieces.reduce((least, { low }) => (low < least ? low : least), Number.POSITIVE_INFINITY);
}

function candleOf(start: number, interval: Interval, all: readonly HistoryPiece[]): CandleOfBothVolumes {
  const whole = coarsest(all);
  const pieces = all.filter((piece) => !isWithoutTrades(piece));
  const chosen = coarsest(pieces);
  const isTraded = all.some(isOfTrades);
  return {
    start,
    source: chosen.at(0)?.source ?? '',
    open: chosen.at(0)?.open ?? Number.NaN,
    high: highest(pieces),
    low: lowest(pieces),
    close: chosen.at(-1)?.close ?? Number.NaN,
    volumes: {
      traded: isTraded ? tradedVolume(whole, intervalLengthMs(interval)) : null,
      'rolling-24h': isTraded ? null : rollingVolume(pieces, start + intervalLengthMs(interval)),
    },
    tickCount: 0,
  };
}

/** The volume traded in the whole bucket; null when it is unknown for a part. */
function tradedVolume(chosen: readonly HistoryPiece[], intervalMs: number): number | null {
  return filledBy(chosen) === intervalMs ? tradedBeside(0, chosen) : null;
}

/**
 * The sum of the measured traded volume and that of the history around it. The two cover different times, because a piece
 * contains no tick of the program. Null when either is unknown.
 */
function tradedBeside(measured: number | null, chosen: readonly HistoryPiece[]): number | null {
  return chosen.reduce<number | null>(
    (sum, { volume, volumeKind }) =>
      sum === null || volume === null || volumeKind !== 'traded' ? null : sum + volume,
    measured,
  );
}

/** A rolling volume is the value at the end of a candle, so any piece that ends with the bucket has it. */
function rollingVolume(pieces: readonly HistoryPiece[], end: number): number | null {
  return (
    pieces.find((piece) => piece.volume !== null && piece.start + piece.lengthMs === end)?.volume ?? null
  );
}

/** A measured candle extended by the history of the rest of its bucket. Its rolling volume is still that of its last tick. */
function extended(
  measured: CandleOfBothVolumes,
  span: MeasuredSpan,
  all: readonly HistoryPiece[],
): CandleOfBothVolumes {
  const pieces = all.filter((piece) => !isWithoutTrades(piece));
  const chosen = coarsest(pieces);
  const first = chosen.at(0);
  const last = chosen.at(-1);
  return {
    ...measured,
    open: first !== undefined && first.start < span.first ? first.open : measured.open,
    high: Math.max(measured.high, highest(pieces)),
    low: Math.min(measured.low, lowest(pieces)),
    close: last !== undefined && last.start > span.last ? last.close : measured.close,
    volumes: { ...measured.volumes, traded: tradedBeside(measured.volumes.traded, coarsest(all)) },
  };
}
