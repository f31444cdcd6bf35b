import { escapeLiteral, type PoolClient } from 'pg';
import { readFilesBetween } from '../archive/archive-tables.ts';
import { ARCHIVED_TICKS, type TickRow } from '../archive/archived-table.ts';
import { readArchive } from '../archive/read-archive.ts';
import type { OpenedTargets } from '../archive/targets/open-targets.ts';
import type { ParquetSchema } from '../parquet/parquet-schema.ts';
import { monthOf } from '../partitions/partition-month.ts';
import type { RunInDatabase } from '../work/with-provider.ts';
import { copyOut } from './copy-out.ts';
import type { ExportRange } from './export-request.ts';
import { readBinaryCopy } from './read-binary-copy.ts';

/** A part of an export's time range: an archived month, or a range that is only in the table. */
export type Stretch = { readonly from: number; readonly to: number; readonly isArchived: boolean };

export type ArchivedStretches = {
  /** In time order, without gaps. */
  readonly stretches: readonly Stretch[];
  readonly seriesIds: readonly number[];
  /** The archives of the archived months. */
  readonly archives: readonly string[];
};

/**
 * Divides the time range of an export of ticks by where the ticks are. `lockLocations` keeps them there until the transaction
 * ends.
 */
export async function readStretches(
  client: PoolClient,
  { coinId, vsCurrency, from, to }: ExportRange,
): Promise<ArchivedStretches> {
  const { rows } = await client.query<{ id: number }>(
    'select id from series where coin_id = $1 and vs_currency = $2',
    [coinId, vsCurrency],
  );
  const seriesIds = rows.map(({ id }) => id);
  const files = await readFilesBetween(client, ARCHIVED_TICKS, seriesIds, from, to);
  const months = [...new Set(files.map(({ month }) => month))].sort((a, b) => a - b);
  const stretches: Stretch[] = [];
  let at = from;
  for (const month of months) {
    const [begins, ends] = [Math.max(from, month), Math.min(to, monthOf(month).to)];
    if (begins > at) stretches.push({ from: at, to: begins, isArchived: false });
    stretches.push({ from: begins, to: ends, isArchived: true });
    at = ends;
  }
  if (at < to || stretches.length === 0) stretches.push({ from: at, to, isArchived: false });
  return { stretches, seriesIds, archives: [...new Set(files.map(({ archiveUrl }) => archiveUrl))] };
}

/** An exported tick without its time. */
export type ExportedTick = {
  readonly micros: number;
  readonly price: number;
  readonly volume: number | null;
  readonly volume_24h: number | null;
  readonly market_cap: number | null;
  readonly source: string;
};

const STORED = [
  { name: 'series_id', type: 'integer' },
  { name: 'observed_at', type: 'timestamp' },
  { name: 'price', type: 'double' },
  { name: 'volume_24h', type: 'double', nullable: true },
  { name: 'market_cap', type: 'double', nullable: true },
  { name: 'amount', type: 'double', nullable: true },
  { name: 'source', type: 'text' },
] as const satisfies ParquetSchema;

/**
 * The ticks of an archived month in the order of the table's key, in batches of some thousand: those in the archive, and those
 * written to the table later. A tick that is in both is returned once.
 */
export async function* archivedTicks(
  run: RunInDatabase,
  client: PoolClient,
  targets: Pick<OpenedTargets, 'open'>,
  seriesIds: readonly number[],
  { from, to }: Stretch,
): AsyncGenerator<readonly ExportedTick[]> {
  const archived = await readArchive(client, targets, ARCHIVED_TICKS, { seriesIds, from, to });
  const streams = [
    ...archived.map(({ seriesId, source, batches }) => keyedBatches(seriesId, source, batches)),
    lateTicks(run, client, seriesIds, { from, to }),
  ].map(cursorOf);
  try {
    for (const stream of streams) await stream.next();
    let batch: ExportedTick[] = [];
    for (;;) {
      const first = firstOf(streams);
      if (first.row === null) break;
      const { row } = first;
      batch.push(row.tick);
      // The archive's streams come first, so that of equal ticks the archived one is returned.
      for (const stream of streams)
        if (stream.row !== null && isSameKey(stream.row, row)) await stream.next();
      if (batch.length < ROWS_AT_A_TIME) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  } finally {
    for (const stream of streams) await stream.close();
  }
}

const ROWS_AT_A_TIME = 5_000;

type KeyedTick = { readonly seriesId: number; readonly tick: ExportedTick };

async function* keyedBatches(
  seriesId: number,
  source: string,
  batches: AsyncIterable<readonly unknown[]>,
): AsyncGenerator<readonly KeyedTick[]> {
  for await (const rows of batches)
    yield (rows as readonly TickRow[]).map((row) => ({ seriesId, tick: exportedTick(row, source) }));
}

async function* lateTicks(
  run: RunInDatabase,
  client: PoolClient,
  seriesIds: readonly number[],
  { from, to }: Pick<Stretch, 'from' | 'to'>,
): AsyncGenerator<readonly KeyedTick[]> {
  const instant = (ms: number): string => `${escapeLiteral(new Date(ms).toISOString())}::timestamptz`;
  const query = `
    select series_id, observed_at, price, volume_24h, market_cap, amount, source
    from series_ticks
    join series on series.id = series_id
    where series_id = any(array[${seriesIds.map(Number).join(',')}]::integer[])
      and observed_at >= ${instant(from)} and observed_at < ${instant(to)}
    order by observed_at, series_id`;
  const chunks = copyOut(run, client, `copy (${query}) to stdout with (format binary)`);
  for await (const rows of readBinaryCopy(chunks, STORED))
    yield rows.map((row) => ({ seriesId: row.series_id, tick: exportedTick(row, row.source) }));
}

function exportedTick(
  { observed_at, price, amount, volume_24h, market_cap }: TickRow,
  source: string,
): ExportedTick {
  // Fractions of milliseconds, which the two readers round differently.
  return { micros: Math.round(observed_at * 1_000), price, volume: amount, volume_24h, market_cap, source };
}

type Cursor = { readonly row: KeyedTick | null; next(): Promise<void>; close(): Promise<void> };

function cursorOf(batches: AsyncGenerator<readonly KeyedTick[]>): Cursor {
  let batch: readonly KeyedTick[] = [];
  let index = -1;
  return {
    get row() {
      return batch[index] ?? null;
    },
    async next() {
      index += 1;
      while (index >= batch.length) {
        const { value, done } = await batches.next();
        if (done) {
          batch = [];
          return;
        }
        batch = value;
        index = 0;
      }
    },
    async close() {
      await batches.return(undefined);
    },
  };
}

function firstOf(streams: readonly Cursor[]): Cursor {
  return streams.reduce((first, other) => (isBefore(other.row, first.row) ? other : first));
}

function isBefore(a: KeyedTick | null, b: KeyedTick | null): boolean {
  if (a === null || b === null) return a !== null;
  return a.tick.micros === b.tick.micros ? a.seriesId < b.seriesId : a.tick.micros < b.tick.micros;
}

function isSameKey(a: KeyedTick, b: KeyedTick): boolean {
  return a.seriesId === b.seriesId && a.tick.micros === b.tick.micros;
}
