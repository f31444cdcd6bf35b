import { escapeIdentifier, type PoolClient } from 'pg';
import type { Problem } from '../../../../shared/domain/problem.ts';
import { message } from '../../../../shared/messages/message.ts';
import type { Logger } from '../../logging/logger.ts';
import type { Clock } from '../../time/clock.ts';
import { isMissingRight } from '../connection/missing-rights.ts';
import type { Session } from '../connection/session.ts';
import { monthAfter, monthOf, monthsBetween } from './partition-month.ts';
import {
  makePartition,
  PARTITIONED_TABLES,
  type PartitionedTable,
  readDefaultPartition,
} from './partitioned-table.ts';

/** Partitions are created before prices arrive, even when the program is not restarted for weeks. */
const MONTHS_AHEAD = 2;
const CHECK_EVERY_MS = 3_600_000;
/** Bitcoin's first month. Rows with earlier times, or with times in the future, go to the default partition. */
const FIRST_MONTH = Date.UTC(2009, 0, 1);

export type Partitions = {
  /**
   * Creates the partitions for rows of these times unless they are known to exist. Does not fail: rows without a partition go to
   * the default one and are moved later.
   */
  ensure(from: number, to: number): Promise<void>;
  /** Forgets which partitions exist: the database may be a different one, or a partition may have been dropped by hand. */
  forget(): void;
  /** Creates partitions ahead of time and empties the default ones, now and every hour, until the signal aborts. */
  keep(signal: AbortSignal): Promise<void>;
};

export type PartitionsOptions = {
  readonly run: <T>(work: (client: PoolClient) => Promise<T>) => Promise<T>;
  readonly whenReady: (signal: AbortSignal) => Promise<void>;
  readonly session: () => Session | null;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called with the new problem, or null, after each change. */
  readonly report: (problem: Problem | null) => void;
};

export function createPartitions(options: PartitionsOptions): Partitions {
  const { run, whenReady, session, clock, log, report } = options;
  const made = new Set<string>();
  /** Partitions that could not be created are retried by `keep`, not for every batch. */
  const failed = new Set<string>();
  let isRefused = false;

  /** Returns whether the partition exists now. */
  const make = async (table: PartitionedTable, at: number): Promise<boolean> => {
    const month = monthOf(at);
    const key = `${table.name} ${month.from}`;
    if (made.has(key)) return true;
    if (failed.has(key)) return false;
    try {
      await run((client) => makePartition(client, table, month));
      made.add(key);
      return true;
    } catch (error) {
      failed.add(key);
      log.warn({ err: error, table: table.name, month: month.from }, 'a partition could not be created');
      const where = session();
      if (!isRefused && where !== null && isMissingRight(error)) {
        isRefused = true;
        const { user, schema } = where;
        const place = escapeIdentifier(schema);
        const fix = `grant execute on function ${place}.make_partition to ${escapeIdentifier(user)};`;
        report({
          id: 'database-partitions',
          message: message('database.no-partitions', { user, said: error.message, fix }),
        });
      }
      return false;
    }
  };

  const newest = (): number => monthAfter(clock.now(), MONTHS_AHEAD).to - 1;

  const ensure: Partitions['ensure'] = async (from, to) => {
    for (const month of monthsBetween(Math.max(from, FIRST_MONTH), Math.min(to, newest())))
      for (const table of PARTITIONED_TABLES) await make(table, month.from);
  };

  const lookAtDefaults = async (): Promise<void> => {
    let waiting = 0;
    for (const table of PARTITIONED_TABLES) {
      for (const { month, rows } of await run((client) => readDefaultPartition(client, table))) {
        if (month < FIRST_MONTH || month > newest()) continue;
        made.delete(`${table.name} ${month}`);
        log.info({ table: table.name, month, rows }, 'moving rows out of the default partition');
        if (!(await make(table, month))) waiting += rows;
      }
    }
    // A partition that was refused meanwhile may be needed by rows that are not committed yet.
    if (waiting > 0 || !isRefused || failed.size > 0) return;
    isRefused = false;
    report(null);
  };

  return {
    ensure,
    forget() {
      made.clear();
      failed.clear();
    },
    async keep(signal) {
      for (;;) {
        await whenReady(signal);
        failed.clear();
        try {
          await ensure(clock.now(), newest());
          await lookAtDefaults();
        } catch (error) {
          if (signal.aborted) return;
          log.warn({ err: error }, 'partitions could not be checked; trying again later');
        }
        await clock.sleep(CHECK_EVERY_MS, signal);
      }
    },
  };
}
