import { setImmediate as turn } from 'node:timers/promises';
import type { Alert } from '../../../../shared/domain/alert.ts';
import type { Tick } from '../../../../shared/domain/tick.ts';
import type { LogBatch } from '../../log/tick-log.ts';
import type { Series, SeriesIds, SeriesName } from '../series/series-ids.ts';
import { createTickRows } from './encode-ticks.ts';
import { createHours, type FoldedCandle } from './fold-candles.ts';
import { createFold } from './fold-minutes.ts';
import { type CandleRows, createCandleRows } from './write-candles.ts';

/** The number of ticks that are prepared before other work gets a turn: a few milliseconds. */
const TICKS_PER_TURN = 5_000;
/** This many candles take about a millisecond to encode, and two to insert. */
const CANDLES_PER_PIECE = 1_000;

/** The content of one transaction, prepared as far as possible without the database. Batches can be added. */
export type PreparedBatch = {
  /** In the order in which they were added; a tick may be included twice. */
  readonly ticks: readonly Tick[];
  readonly alerts: readonly Alert[];
  seriesOf(tick: SeriesName): Series;
  /** The series that have ticks, sorted by id. */
  series(): readonly Series[];
  /** Adds the ticks and alerts of batches whose series are loaded. Returns the ticks' rows for `COPY_TICKS`, sorted by their key. */
  add(batches: readonly LogBatch[]): Promise<Buffer>;
  /** The candles of all ticks; nothing may be added afterwards. Call it in the order in which the batches are written. */
  candles(): PreparedCandles;
};

/** The minute candles that new ticks belong to, and their hours. */
export type PreparedCandles = {
  /**
   * Rows for `copyNewCandles`: the candles that are not in the table, provided that no other program writes these series. In
   * pieces, each encoded when it is needed, so that the server can start with the first.
   */
  readonly newRows: Iterable<Buffer>;
  /** Candles that may already be in the table; complete when `newRows` have been encoded. */
  readonly others: readonly FoldedCandle[];
  /** Complete when `newRows` have been encoded. */
  readonly hours: readonly FoldedCandle[];
};

export function createBatch(ids: Pick<SeriesIds, 'of'>): PreparedBatch {
  const ticks: Tick[] = [];
  const alerts: Alert[] = [];
  const fold = createFold();
  return {
    ticks,
    alerts,
    seriesOf: ids.of,
    series: fold.series,
    async add(batches) {
      const added: Tick[] = [];
      for (const batch of batches) {
        for (const tick of batch.ticks) added.push(tick);
        for (const alert of batch.alerts) alerts.push(alert);
      }
      // By time, so that rows are appended at the end of the index. Sorting is stable: the first of two equal ticks counts.
      if (!isSorted(added)) added.sort((a, b) => a.observedAt - b.observedAt || ids.of(a).id - ids.of(b).id);
      const rows = createTickRows(added.length);
      let untilTurn = TICKS_PER_TURN;
      for (const tick of added) {
        if (untilTurn-- === 0) {
          await turn();
          untilTurn = TICKS_PER_TURN;
        }
        const series = ids.of(tick);
        rows.add(series.id, tick);
        fold.add(series, tick);
        ticks.push(tick);
      }
      return rows.bytes();
    },
    candles() {
      const others: FoldedCandle[] = [];
      const hours = createHours();
      const encodeNew = function* (): Generator<Buffer> {
        const createRows = (): CandleRows => createCandleRows(Math.min(ticks.length, CANDLES_PER_PIECE));
        let rows = createRows();
        for (const candle of fold.candles()) {
          hours.add(candle);
          if (candle.bucket <= candle.series.newestMinute) {
            others.push({ ...candle });
            continue;
          }
          noteMinute(candle);
          rows.add(candle);
          if (rows.count() < CANDLES_PER_PIECE) continue;
          yield rows.bytes();
          rows = createRows();
        }
        if (rows.count() > 0) yield rows.bytes();
      };
      return { newRows: encodeNew(), others, hours: hours.candles };
    },
  };
}

/** Records that a candle may be in the table. If it is not committed, it is later treated as possibly existing, which is harmless. */
export function noteMinute({ series, bucket }: FoldedCandle): void {
  if (bucket > series.newestMinute) series.newestMinute = bucket;
}

/** Whether the times are in order. Ticks of the same time may be in any order. */
function isSorted(ticks: readonly Tick[]): boolean {
  let last = Number.NEGATIVE_INFINITY;
  for (const { observedAt } of ticks) {
    if (observedAt <= last) return false;
    last = observedAt;
  }
  return true;
}
