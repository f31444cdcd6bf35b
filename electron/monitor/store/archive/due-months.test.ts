import { describe, expect, it } from 'vitest';
import { DEFAULT_RETENTION } from '../../../../shared/settings/retention.ts';
import { monthAfter } from '../partitions/partition-month.ts';
import { monthLabel } from './archive-path.ts';
import { ARCHIVED_CANDLES, ARCHIVED_TICKS } from './archived-table.ts';
import { type DueInput, dueMonths } from './due-months.ts';

const NOW = Date.UTC(2026, 10, 27);
const DAY_MS = 86_400_000;
const GB = 1e9;

/** Thirty months of ticks (1 GB each) and minutes (0.1 GB each). */
const stored = Array.from({ length: 30 }, (_, back) => monthAfter(NOW, back - 29).from).flatMap((month) => [
  { table: ARCHIVED_TICKS, month, bytes: GB },
  { table: ARCHIVED_CANDLES, month, bytes: GB / 10 },
]);

function due(input: Partial<DueInput>): { readonly names: readonly string[]; readonly isTooLarge: boolean } {
  const given = {
    stored,
    known: [],
    databaseBytes: 40 * GB,
    retention: DEFAULT_RETENTION,
    now: NOW,
    ...input,
  };
  const { due: months, isTooLarge } = dueMonths(given);
  return { names: months.map(({ table, month }) => `${table.name} ${monthLabel(month)}`), isTooLarge };
}

describe('a month is due', () => {
  it('when all of it is older than its kind is kept', () => {
    const { names } = due({});
    expect(names.at(-1)).toBe('ticks 2026-07');
    expect(names.filter((name) => name.startsWith('candles_1m'))).toEqual([
      'candles_1m 2024-06',
      'candles_1m 2024-07',
      'candles_1m 2024-08',
      'candles_1m 2024-09',
      'candles_1m 2024-10',
    ]);
    // August ends 88 days before, and is old enough three days later.
    expect(due({ now: NOW + 3 * DAY_MS }).names).toContain('ticks 2026-08');
  });

  it('never when everything is kept', () => {
    const retention = { ...DEFAULT_RETENTION, keepTicksDays: null, keepMinutesDays: null };
    expect(due({ retention })).toEqual({ names: [], isTooLarge: false });
  });

  it('while the database is too large: the oldest ticks first, then minutes, and none of the last two months', () => {
    const retention = { ...DEFAULT_RETENTION, keepTicksDays: null, keepMinutesDays: null };
    const within = (maxDatabaseGb: number) => due({ retention: { ...retention, maxDatabaseGb } });
    expect(within(37.5)).toEqual({
      names: ['ticks 2024-06', 'ticks 2024-07', 'ticks 2024-08'],
      isTooLarge: false,
    });
    expect(within(11.85).names.filter((name) => name.startsWith('candles'))).toEqual([
      'candles_1m 2024-06',
      'candles_1m 2024-07',
    ]);
    const smallest = within(1);
    expect(smallest.isTooLarge).toBe(true);
    expect(smallest.names).toHaveLength(56);
    expect(smallest.names).not.toContain('ticks 2026-10');
  });

  it('not while it is restored, and once a day when it has late rows', () => {
    const month = Date.UTC(2025, 0, 1);
    const one = { relation: 'series_ticks', month, changedAt: NOW - DAY_MS / 2, keepUntil: null };
    const isDue = (known: DueInput['known'][number]) =>
      due({ known: [known] }).names.includes('ticks 2025-01');
    expect(isDue({ ...one, state: 'restored', keepUntil: NOW + 1 })).toBe(false);
    expect(isDue({ ...one, state: 'restored', keepUntil: NOW })).toBe(true);
    expect(isDue({ ...one, state: 'archived' })).toBe(false);
    expect(isDue({ ...one, state: 'archived', changedAt: NOW - DAY_MS })).toBe(true);
    expect(isDue({ ...one, state: 'writing' })).toBe(true);
  });
});
