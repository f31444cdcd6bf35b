import { setImmediate as turn } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import { DatabaseError } from 'pg';
import type { Alert } from '../../../../shared/domain/alert.ts';
import type { Tick } from '../../../../shared/domain/tick.ts';
import type { LogBatch } from '../../log/tick-log.ts';
import { copyTicks, encodeTicks } from './copy-ticks.ts';
import { foldCandles } from './fold-candles.ts';
import { insertAlerts } from './insert-alerts.ts';
import { insertNewTicks } from './insert-new-ticks.ts';
import { sortedDistinctTicks } from './sorted-distinct-ticks.ts';
import { upsertCandles } from './upsert-candles.ts';

const UNIQUE_VIOLATION = '23505';

/** Runs work in a transaction of its own. */
export type RunTransaction = (work: (client: PoolClient) => Promise<void>) => Promise<void>;

/**
 * Writes fetches in one transaction: ticks, the candles of those that are new, alerts. Writing a fetch again changes
 * nothing. Throws the server's error with nothing written; a lost connection may throw with all written.
 *
 * Nearly always every tick is new, so they go in by COPY and are folded here. When COPY meets one that is there already
 * (the program was killed between this commit and the note of it in the journal), the batch takes the careful way.
 */
export async function writeBatch(run: RunTransaction, fetches: readonly LogBatch[]): Promise<void> {
  const ticks = sortedDistinctTicks(fetches.flatMap((fetch) => fetch.ticks));
  const alerts = fetches.flatMap((fetch) => fetch.alerts);
  await turn();
  try {
    await run((client) => writeAllNew(client, ticks, alerts));
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== UNIQUE_VIOLATION) throw error;
    await run((client) => writeOnlyNew(client, ticks, alerts));
  }
}

async function writeAllNew(
  client: PoolClient,
  ticks: readonly Tick[],
  alerts: readonly Alert[],
): Promise<void> {
  if (ticks.length > 0) {
    const rows = encodeTicks(ticks);
    await turn(); // ten thousand ticks take some ten milliseconds in each of these steps
    const copied = copyTicks(client, rows);
    // Folded while the server is busy with the rows. A failure of the copy is thrown below, and is no one's before.
    copied.catch(() => undefined);
    const minutes = foldCandles(ticks, '1m');
    await turn();
    const hours = foldCandles(ticks, '1h');
    await copied;
    await upsertCandles(client, '1m', minutes);
    await upsertCandles(client, '1h', hours);
  }
  if (alerts.length > 0) await insertAlerts(client, alerts);
}

async function writeOnlyNew(
  client: PoolClient,
  ticks: readonly Tick[],
  alerts: readonly Alert[],
): Promise<void> {
  const fresh = await insertNewTicks(client, ticks);
  if (fresh.length > 0) {
    await upsertCandles(client, '1m', foldCandles(fresh, '1m'));
    await upsertCandles(client, '1h', foldCandles(fresh, '1h'));
  }
  if (alerts.length > 0) await insertAlerts(client, alerts);
}
