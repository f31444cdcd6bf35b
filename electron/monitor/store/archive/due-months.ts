import type { Retention } from '../../../../shared/settings/retention.ts';
import { type Month, monthAfter, monthOf } from '../partitions/partition-month.ts';
import type { KnownMonth } from './archive-tables.ts';
import type { ArchivedTable } from './archived-table.ts';
import type { StoredMonth } from './stored-months.ts';

const DAY_MS = 86_400_000;
const GB = 1e9;

export type DueMonth = { readonly table: ArchivedTable; readonly month: Month; readonly bytes: number };

export type DueInput = {
  /** Oldest first. */
  readonly stored: readonly StoredMonth[];
  readonly known: readonly Pick<KnownMonth, 'relation' | 'month' | 'state' | 'changedAt' | 'keepUntil'>[];
  readonly databaseBytes: number;
  readonly retention: Retention;
  readonly now: number;
};

/**
 * The months that may leave the database, oldest first: those older than the retention of their table and, while the tables are
 * too large, the oldest months of ticks and then those of minutes. The current and the previous month are always kept.
 *
 * A restored month is kept until its time is over. The partition of an archived month holds late rows; it is due once a day, so
 * that late ticks do not create a file every hour.
 *
 * @returns whether the tables are still too large without these months
 */
export function dueMonths({ stored, known, databaseBytes, retention, now }: DueInput): {
  readonly due: readonly DueMonth[];
  readonly isTooLarge: boolean;
} {
  const { keepTicksDays, keepMinutesDays, maxDatabaseGb } = retention;
  const keepDays = { ticks: keepTicksDays, candles_1m: keepMinutesDays };
  const free = stored.filter(({ table, month }) => {
    const where = known.find((one) => one.relation === table.partitioned.name && one.month === month);
    if (where?.keepUntil && where.keepUntil > now) return false;
    const hasLateRows = where?.state === 'archived' || where?.state === 'deleted';
    return !hasLateRows || where.changedAt + DAY_MS <= now;
  });
  const due = new Set(
    free.filter(({ table, month }) => {
      const days = keepDays[table.name];
      return days !== null && monthOf(month).to + days * DAY_MS <= now;
    }),
  );
  const most = maxDatabaseGb === null ? Number.POSITIVE_INFINITY : maxDatabaseGb * GB;
  let left = databaseBytes - [...due].reduce((sum, { bytes }) => sum + bytes, 0);
  const newestFree = monthAfter(now, -1).from;
  for (const name of ['ticks', 'candles_1m'] as const) {
    for (const one of free) {
      if (left <= most) break;
      if (one.table.name !== name || due.has(one) || one.month >= newestFree) continue;
      due.add(one);
      left -= one.bytes;
    }
  }
  return {
    due: stored
      .filter((one) => due.has(one))
      .map(({ table, month, bytes }) => ({ table, month: monthOf(month), bytes })),
    isTooLarge: left > most,
  };
}
