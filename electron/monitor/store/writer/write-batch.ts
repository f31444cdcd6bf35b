import type { PoolClient } from 'pg';
import { DatabaseError } from 'pg';
import { int4Array, textArray } from '../binary/binary-array.ts';
import { pullTicks } from '../moving/pull-ticks.ts';
import type { Series } from '../series/series-ids.ts';
import { copyRows } from './copy-rows.ts';
import { COPY_TICKS } from './encode-ticks.ts';
import { fillDays } from './fill-days.ts';
import { foldCandles, foldHours } from './fold-candles.ts';
import { insertAlerts } from './insert-alerts.ts';
import { insertNewTicks } from './insert-new-ticks.ts';
import type { PreparedBatch } from './prepare-batch.ts';
import { copyNewCandles, upsertCandles } from './write-candles.ts';
import type { BeforeCandles, RunInTurn } from './write-turns.ts';

const UNIQUE_VIOLATION = '23505';

/** An arbitrary number that no other program is likely to use for a lock on the same database. */
const LOCK_KEY = 7_206_341_121;

/**
 * Writes a batch in one transaction: ticks, the candles of new ticks, and alerts. Writing a batch again changes nothing. Returns
 * the number of new ticks. When it throws the server's error, nothing was written; when the connection was lost, everything may
 * have been written.
 *
 * Nearly always every tick is new, so ticks are inserted with COPY, as are the candles of minutes that begin with them. When COPY
 * finds an existing one (the program was killed after the commit and before the cursor was committed), the batch is written with
 * `insert … on conflict` instead.
 *
 * @param unmovedUntil ticks before this instant may be in the table of an earlier version that is still being copied
 */
export async function writeBatch(
  run: RunInTurn,
  batch: PreparedBatch,
  unmovedUntil: number,
): Promise<number> {
  const mayBeUnmoved = (batch.ticks[0]?.tick.observedAt ?? Number.POSITIVE_INFINITY) < unmovedUntil;
  if (!mayBeUnmoved) {
    try {
      await run((client, beforeCandles) => writeAllNew(client, batch, beforeCandles));
      return batch.ticks.length;
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.code !== UNIQUE_VIOLATION) throw error;
    }
  }
  return run((client, beforeCandles) => writeOnlyNew(client, batch, mayBeUnmoved, beforeCandles));
}

/** Takes the lock for computing candles until the transaction ends, so that none misses rows that another is about to commit. */
export async function lockCandles(client: PoolClient): Promise<void> {
  await client.query('select pg_advisory_xact_lock($1)', [LOCK_KEY]);
}

async function writeAllNew(
  client: PoolClient,
  batch: PreparedBatch,
  beforeCandles: BeforeCandles,
): Promise<void> {
  if (batch.ticks.length > 0) {
    await checkSeries(client, batch.series);
    await copyRows(client, COPY_TICKS, batch.encodedTicks);
    await beforeCandles();
    await lockCandles(client);
    if (batch.otherCandles.length > 0) await upsertCandles(client, 'series_candles_1m', batch.otherCandles);
    if (batch.encodedNewCandles !== null) await copyNewCandles(client, batch.encodedNewCandles);
    await upsertCandles(client, 'series_candles_1h', batch.hours);
    await fillDays(client, batch.hours);
  }
  if (batch.alerts.length > 0) await insertAlerts(client, batch.alerts);
}

async function writeOnlyNew(
  client: PoolClient,
  batch: PreparedBatch,
  mayBeUnmoved: boolean,
  beforeCandles: BeforeCandles,
): Promise<number> {
  let count = 0;
  if (batch.ticks.length > 0) {
    await checkSeries(client, batch.series);
    if (mayBeUnmoved) await pullTicks(client, batch.ticks);
    const fresh = await insertNewTicks(client, batch.ticks);
    count = fresh.length;
    await beforeCandles();
    await lockCandles(client);
    if (fresh.length > 0) {
      const candles = foldCandles(fresh);
      const hours = foldHours(candles);
      await upsertCandles(client, 'series_candles_1m', candles);
      await upsertCandles(client, 'series_candles_1h', hours);
      await fillDays(client, hours);
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
 * With a wrong id, prices would be stored for another coin. A pooler may switch to another or a restored database at any time.
 */
async function checkSeries(client: PoolClient, series: readonly Series[]): Promise<void> {
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::integer as count
     from unnest($1::integer[], $2::text[], $3::text[], $4::text[]) as known (id, coin_id, vs_currency, source)
     join series using (id, coin_id, vs_currency, source)`,
    [
      int4Array(series.map(({ id }) => id)),
      textArray(series.map(({ name }) => name.coinId)),
      textArray(series.map(({ name }) => name.vsCurrency)),
      textArray(series.map(({ name }) => name.source)),
    ],
  );
  if (rows[0]?.count !== series.length) throw new OtherDatabase();
}
