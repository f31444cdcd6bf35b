import type { PoolClient } from 'pg';
import { DatabaseError } from 'pg';
import { int4Array, textArray } from '../binary/binary-array.ts';
import { pullTicks } from '../moving/pull-ticks.ts';
import type { Series } from '../series/series-ids.ts';
import { seriesTicks } from '../series/series-ticks.ts';
import { addHours } from './add-hours.ts';
import { copyRows } from './copy-rows.ts';
import { COPY_TICKS } from './encode-ticks.ts';
import { foldHours } from './fold-candles.ts';
import { foldCandles } from './fold-minutes.ts';
import { insertAlerts } from './insert-alerts.ts';
import { insertNewTicks } from './insert-new-ticks.ts';
import { noteMinute, type PreparedBatch } from './prepare-batch.ts';
import { copyNewCandles, upsertMinutes } from './write-candles.ts';
import type { RunInTurn, WriteTurns } from './write-turns.ts';

const UNIQUE_VIOLATION = '23505';

/** An arbitrary number that no other program is likely to use for a lock on the same database. */
const LOCK_KEY = 7_206_341_121;

/** Extends a batch while its ticks are copied. */
export type BatchGrowth = {
  /** Adds more to the batch and returns the rows of its ticks; null when there is no more. See `Growth` of the log's consumer. */
  more(until: Promise<unknown>): Promise<Buffer | null>;
  end(): void;
};

const NO_GROWTH: BatchGrowth = { more: async () => null, end: () => undefined };

/**
 * Writes a batch in one transaction: ticks, the candles of new ticks, and alerts. Writing a batch again changes nothing. Returns
 * the number of new ticks. When it throws the server's error, nothing was written; when the connection was lost, everything may
 * have been written.
 *
 * Nearly always every tick is new, so ticks are inserted with COPY, as are the candles of minutes that begin with them. The batch may
 * grow until its candles can be written. When COPY finds an existing tick (the program was killed after the commit and before the
 * cursor was committed), the batch is written with `insert … on conflict` instead.
 *
 * @param rows those of the batch's ticks
 * @param unmovedUntil ticks before this instant may be in the table of an earlier version that is still being copied
 */
export async function writeBatch(
  run: RunInTurn,
  batch: PreparedBatch,
  rows: Buffer,
  unmovedUntil: number,
  growth = NO_GROWTH,
): Promise<number> {
  const mayBeUnmoved = (batch.ticks[0]?.observedAt ?? Number.POSITIVE_INFINITY) < unmovedUntil;
  if (!mayBeUnmoved) {
    try {
      await run((client, turns) => writeAllNew(client, batch, rows, turns, growth));
      return batch.ticks.length;
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.code !== UNIQUE_VIOLATION) throw error;
    }
  }
  growth.end();
  return run((client, turns) => writeOnlyNew(client, batch, mayBeUnmoved, turns));
}

/** Takes the lock for computing candles until the transaction ends, so that none misses rows that another is about to commit. */
export async function lockCandles(client: PoolClient): Promise<void> {
  await client.query('select pg_advisory_xact_lock($1)', [LOCK_KEY]);
}

async function writeAllNew(
  client: PoolClient,
  batch: PreparedBatch,
  rows: Buffer,
  turns: WriteTurns,
  growth: BatchGrowth,
): Promise<void> {
  if (batch.ticks.length > 0) {
    await copyRows(
      client,
      COPY_TICKS,
      piecesOf(rows, () => growth.more(turns.candlesFree)),
    );
    await turns.beforeCandles();
    await lockAndCheckSeries(client, batch.series());
    const { newRows, others, hours } = batch.candles();
    await copyNewCandles(client, newRows);
    if (others.length > 0) await upsertMinutes(client, others);
    await addHours(client, hours);
  }
  growth.end();
  if (batch.alerts.length > 0) await insertAlerts(client, batch.alerts);
}

async function* piecesOf(rows: Buffer, more: () => Promise<Buffer | null>): AsyncGenerator<Buffer> {
  for (let next: Buffer | null = rows; next !== null; next = await more()) yield next;
}

async function writeOnlyNew(
  client: PoolClient,
  batch: PreparedBatch,
  mayBeUnmoved: boolean,
  turns: WriteTurns,
): Promise<number> {
  let count = 0;
  if (batch.ticks.length > 0) {
    const ticks = seriesTicks(batch.ticks, batch.seriesOf);
    if (mayBeUnmoved) await pullTicks(client, ticks);
    const fresh = await insertNewTicks(client, ticks);
    count = fresh.length;
    await turns.beforeCandles();
    await lockAndCheckSeries(client, batch.series());
    if (fresh.length > 0) {
      const candles = foldCandles(fresh);
      for (const candle of candles) noteMinute(candle);
      const hours = foldHours(candles);
      await upsertMinutes(client, candles);
      await addHours(client, hours);
    }
  }
  if (batch.alerts.length > 0) await insertAlerts(client, batch.alerts);
  return count;
}

/** The database is not the one that the ids of series were read from. */
export class OtherDatabase extends Error {
  constructor() {
    super('The series of the database have changed; they are read again.');
    this.name = 'OtherDatabase';
  }
}

/**
 * Does the same as `lockCandles`, and checks the ids of the series: with a wrong one, prices would be stored for another coin. A pooler
 * may switch to another or a restored database at any time.
 */
async function lockAndCheckSeries(client: PoolClient, series: readonly Series[]): Promise<void> {
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::integer as count, pg_advisory_xact_lock($1)
     from unnest($2::integer[], $3::text[], $4::text[], $5::text[]) as known (id, coin_id, vs_currency, source)
     join series using (id, coin_id, vs_currency, source)`,
    [
      LOCK_KEY,
      int4Array(series.map(({ id }) => id)),
      textArray(series.map(({ name }) => name.coinId)),
      textArray(series.map(({ name }) => name.vsCurrency)),
      textArray(series.map(({ name }) => name.source)),
    ],
  );
  if (rows[0]?.count !== series.length) throw new OtherDatabase();
}
