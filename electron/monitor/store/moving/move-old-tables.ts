import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PoolClient } from 'pg';
import type { Problem } from '../../../../shared/domain/problem.ts';
import { message } from '../../../../shared/messages/message.ts';
import { packageRoot } from '../../files/package-root.ts';
import type { Logger } from '../../logging/logger.ts';
import type { Clock } from '../../time/clock.ts';
import { dependentObjectsError, orRefusal, withLongTimeout } from '../connection/migrate.ts';
import type { Session } from '../connection/session.ts';
import type { Transact } from '../connection/transaction.ts';
import { copyPages, type MovedRelation, makePartitionsAhead } from './copy-pages.ts';
import { foldPages, isFoldingLeft } from './fold-pages.ts';
import type { Progress } from './next-pages.ts';

/** About 40,000 ticks, which take half a second. */
const PAGES_AT_A_TIME = 500;
/** About 8,000 historical candles, which take a third of a second to fold. */
const FOLDED_PAGES_AT_A_TIME = 100;
const RETRY_MS = 10_000;
/** An arbitrary number that no other program is likely to use for a lock on the same database. */
const LOCK_KEY = 7_206_341_122;

type CopyingCode = 'database.copying-candles' | 'database.copying-ticks' | 'database.folding-history';
type Run = <T>(work: (client: PoolClient) => Promise<T>, timeoutMs?: number) => Promise<T>;

/** Copies the tables of an earlier version into those of this version. */
export type OldTables = {
  /**
   * Copies candles, and folds historical ones, before anything else is written; prices wait in the log meanwhile.
   */
  moveCandles(transact: Transact, session: Session, signal: AbortSignal): Promise<void>;
  /** Copies ticks in the background. Resolves when all are copied or the signal aborts. */
  moveTicks(run: Run, whenReady: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void>;
  /** Ticks before this instant may still be in the old table. */
  unmovedUntil(): number;
};

export type OldTablesOptions = {
  readonly clock: Clock;
  readonly log: Logger;
  /** Called with the progress or the reason of a failure, and with null when copying is complete. */
  readonly report: (problem: Problem | null) => void;
};

export function createOldTables({ clock, log, report }: OldTablesOptions): OldTables {
  /** Until this is known, any tick may be in the old table. */
  let unmovedUntil = Number.POSITIVE_INFINITY;
  const reportCopying = (code: CopyingCode, { pages, pagesDone }: Progress): void => {
    const percent = Math.floor((100 * pagesDone) / pages);
    report({ id: 'database-moving', message: message(code, { percent }) });
  };

  const copyAll = async (run: Run, relation: MovedRelation, code: CopyingCode, signal: AbortSignal) => {
    for (;;) {
      signal.throwIfAborted();
      await run((client) => makePartitionsAhead(client, relation, PAGES_AT_A_TIME), 0);
      const progress = await run((client) => copyPages(client, relation, PAGES_AT_A_TIME), 0);
      if (progress === null) return;
      log.info({ relation, ...progress }, 'copying the tables of an earlier version');
      reportCopying(code, progress);
    }
  };

  const copyCandles = async (run: Run, transact: Transact, session: Session, signal: AbortSignal) => {
    await copyAll(run, 'candles_1m', 'database.copying-candles', signal);
    await copyAll(run, 'candles_1h', 'database.copying-candles', signal);
    await orRefusal(transact, session, async () => {
      await run((own) => finish(own, 'candles_1m_to_move', 'finish_candles'), 0);
      // A new database has no old ticks.
      if (unmovedUntil === Number.NEGATIVE_INFINITY)
        await run((own) => finish(own, 'ticks_to_move', 'finish_ticks'), 0);
    });
  };

  const foldHistory = async (run: Run, signal: AbortSignal) => {
    for (;;) {
      signal.throwIfAborted();
      const progress = await run((client) => foldPages(client, FOLDED_PAGES_AT_A_TIME), 0);
      if (progress === null) return;
      log.info(progress, 'folding the historical candles of an earlier version');
      reportCopying('database.folding-history', progress);
    }
  };

  return {
    async moveCandles(transact, session, signal) {
      const run: Run = (work, timeoutMs) => transact(session.begin(timeoutMs), work);
      unmovedUntil = await run(readUnmovedUntil);
      const [hasCandles, hasTicks, hasHistory] = await run(async (own) => [
        await isThere(own, 'candles_1m_to_move'),
        await isThere(own, 'ticks_to_move'),
        await isFoldingLeft(own),
      ]);
      if (!hasCandles && !hasTicks && !hasHistory) return;
      if (hasCandles || hasTicks) await copyCandles(run, transact, session, signal);
      await orRefusal(transact, session, () => foldHistory(run, signal));
      report(null);
    },
    async moveTicks(run, whenReady, signal) {
      for (;;) {
        try {
          await whenReady(signal);
          if (!(await run((client) => isThere(client, 'ticks_to_move')))) return report(null);
          await copyAll(run, 'ticks', 'database.copying-ticks', signal);
          await run((client) => finish(client, 'ticks_to_move', 'finish_ticks'), 0);
          unmovedUntil = Number.NEGATIVE_INFINITY;
          return report(null);
        } catch (error) {
          if (signal.aborted) return;
          log.warn({ err: error }, 'copying the tables of an earlier version failed; trying again');
          const dependents = dependentObjectsError(error);
          if (dependents !== null) report({ id: 'database-moving', message: dependents.content });
        }
        await clock.sleep(RETRY_MS, signal);
      }
    },
    unmovedUntil: () => unmovedUntil,
  };
}

async function readUnmovedUntil(client: PoolClient): Promise<number> {
  const { rows } = await client.query<{ until_ms: number | null }>(
    `select extract(epoch from newest)::double precision * 1000 as until_ms from moving where relation = 'ticks'`,
  );
  const [row] = rows;
  return row === undefined ? Number.NEGATIVE_INFINITY : (row.until_ms ?? Number.POSITIVE_INFINITY);
}

/** Runs a file of `sql/` unless another program has run it. */
async function finish(client: PoolClient, table: string, file: string): Promise<void> {
  await client.query('select pg_advisory_xact_lock($1)', [LOCK_KEY]);
  if (!(await isThere(client, table))) return;
  await client.query(withLongTimeout(await readFile(join(packageRoot(), 'sql', `${file}.sql`), 'utf8')));
}

async function isThere(client: PoolClient, name: string): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>(
    'select exists (select from pg_class where oid = to_regclass($1)) as there',
    [name],
  );
  return rows[0]?.there === true;
}
