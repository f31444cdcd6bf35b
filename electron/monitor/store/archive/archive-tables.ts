import type { ClientBase } from 'pg';
import { longQuery } from '../connection/long-query.ts';
import type { Month } from '../partitions/partition-month.ts';
import type { SeriesName } from '../series/series-ids.ts';
import type { ArchivedTable } from './archived-table.ts';

/** Where the rows of a month are stored; see sql/0008_archive.sql. */
export type MonthState = 'writing' | 'archived' | 'restored' | 'deleted';

export type FileState = 'writing' | 'verified' | 'archived';

/** The recorded state of a month. */
export type KnownMonth = {
  readonly relation: string;
  /** First instant, in milliseconds since the epoch. */
  readonly month: number;
  readonly state: MonthState;
  readonly changedAt: number;
  readonly keepUntil: number | null;
};

export type KnownFile = {
  readonly relation: string;
  readonly month: number;
  readonly seriesId: number;
  readonly series: SeriesName;
  readonly part: number;
  readonly archiveUrl: string;
  readonly path: string;
  readonly state: FileState;
  /** Null while the file is being written. */
  readonly written: WrittenFile | null;
};

export type WrittenFile = {
  readonly rows: number;
  readonly bytes: number;
  /** The time of the first row, in milliseconds since the epoch. */
  readonly firstAt: number;
  readonly lastAt: number;
  readonly fileSha256: string;
  readonly rowsSha256: string;
};

/** The content of a series in its partition: row count and sum of row hashes. */
export type Proof = { readonly seriesId: number; readonly rows: number; readonly fingerprint: string };

const date = (month: Month): string => new Date(month.from).toISOString().slice(0, 10);
const keyOf = (table: ArchivedTable, month: Month): [string, string] => [table.partitioned.name, date(month)];
const ms = (column: string): string => `(extract(epoch from ${column}) * 1000)::double precision`;

export async function readMonths(client: ClientBase): Promise<readonly KnownMonth[]> {
  const { rows } = await client.query<{
    relation: string;
    month: number;
    state: MonthState;
    changed_at: number;
    keep_until: number | null;
  }>(`
    select
      relation,
      ${ms("(month::timestamp at time zone 'UTC')")} as month,
      state,
      ${ms('changed_at')} as changed_at,
      ${ms('keep_until')} as keep_until
    from archived_months
    order by month, relation desc`);
  return rows.map(({ changed_at, keep_until, ...row }) => ({
    ...row,
    changedAt: changed_at,
    keepUntil: keep_until,
  }));
}

/** Records where a month is, replacing the earlier record. */
export async function noteMonth(
  client: ClientBase,
  table: ArchivedTable,
  month: Month,
  state: MonthState,
  now: number,
  keepUntil: number | null = null,
): Promise<void> {
  await client.query(
    `insert into archived_months (relation, month, state, changed_at, keep_until)
     values ($1, $2, $3, $4, $5)
     on conflict (relation, month) do update set
       state = excluded.state, changed_at = excluded.changed_at, keep_until = excluded.keep_until`,
    [...keyOf(table, month), state, iso(now), keepUntil === null ? null : iso(keepUntil)],
  );
}

const FILES = `
  select
    relation,
    ${ms("(month::timestamp at time zone 'UTC')")} as month,
    series_id as "seriesId",
    coin_id, vs_currency, source, part,
    archive_url as "archiveUrl",
    path, state,
    row_count::double precision as rows,
    bytes::double precision as bytes,
    ${ms('first_at')} as "firstAt",
    ${ms('last_at')} as "lastAt",
    file_sha256 as "fileSha256",
    rows_sha256 as "rowsSha256"
  from archive_files
  join series on series.id = series_id`;

const FILE_ORDER = 'order by relation, month, series_id, part';

type FileRow = Omit<KnownFile, 'series' | 'written'> & {
  readonly coin_id: string;
  readonly vs_currency: string;
  readonly source: string;
} & { readonly [Name in keyof WrittenFile]: WrittenFile[Name] | null };

function fileOf(row: FileRow): KnownFile {
  const { rows, bytes, firstAt, lastAt, fileSha256, rowsSha256, coin_id, vs_currency, source, ...file } = row;
  const isWritten =
    rows !== null &&
    bytes !== null &&
    firstAt !== null &&
    lastAt !== null &&
    fileSha256 !== null &&
    rowsSha256 !== null;
  return {
    ...file,
    series: { coinId: coin_id, vsCurrency: vs_currency, source },
    written: isWritten ? { rows, bytes, firstAt, lastAt, fileSha256, rowsSha256 } : null,
  };
}

/** The files of a month in any state, by series and part. */
export async function readFilesOf(
  client: ClientBase,
  table: ArchivedTable,
  month: Month,
): Promise<readonly KnownFile[]> {
  const { rows } = await client.query<FileRow>(
    `${FILES} where relation = $1 and month = $2::date ${FILE_ORDER}`,
    keyOf(table, month),
  );
  return rows.map(fileOf);
}

/** All files that hold rows, or could: those of archived and of restored months. */
export async function readAllFiles(client: ClientBase): Promise<readonly KnownFile[]> {
  const { rows } = await client.query<FileRow>(`${FILES} where state = 'archived' ${FILE_ORDER}`);
  return rows.map(fileOf);
}

/** The paths of all recorded files of an archive, in any state. */
export async function readPathsIn(client: ClientBase, archiveUrl: string): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ path: string }>(
    'select path from archive_files where archive_url = $1',
    [archiveUrl],
  );
  return new Set(rows.map(({ path }) => path));
}

/**
 * The files of these series that have rows between two instants and whose rows are in no table: those of months that were
 * archived and not restored.
 */
export async function readFilesBetween(
  client: ClientBase,
  table: ArchivedTable,
  seriesIds: readonly number[],
  from: number,
  to: number,
): Promise<readonly KnownFile[]> {
  const { rows } = await client.query<FileRow>(
    `${FILES}
     where archive_files.state = 'archived' and relation = $1 and series_id = any($2::integer[])
       and first_at < $4::timestamptz and last_at >= $3::timestamptz
       and exists (
         select from archived_months as months
         where months.relation = archive_files.relation and months.month = archive_files.month
           and months.state = 'archived'
       )
     ${FILE_ORDER}`,
    [table.partitioned.name, seriesIds, iso(from), iso(to)],
  );
  return rows.map(fileOf);
}

/** Records a file before it is written, so that an unfinished file is recognized as this database's own after a crash. */
export async function noteFile(
  client: ClientBase,
  table: ArchivedTable,
  month: Month,
  file: Pick<KnownFile, 'seriesId' | 'part' | 'archiveUrl' | 'path'>,
  now: number,
): Promise<void> {
  await client.query(
    `insert into archive_files (relation, month, series_id, part, archive_url, path, state, written_at)
     values ($1, $2, $3, $4, $5, $6, 'writing', $7)`,
    [...keyOf(table, month), file.seriesId, file.part, file.archiveUrl, file.path, iso(now)],
  );
}

export async function noteVerified(
  client: ClientBase,
  table: ArchivedTable,
  month: Month,
  { seriesId, part }: Pick<KnownFile, 'seriesId' | 'part'>,
  written: WrittenFile,
): Promise<void> {
  const { rows, bytes, firstAt, lastAt, fileSha256, rowsSha256 } = written;
  await client.query(
    `update archive_files set
       state = 'verified', row_count = $5, bytes = $6, first_at = $7, last_at = $8, file_sha256 = $9, rows_sha256 = $10
     where relation = $1 and month = $2 and series_id = $3 and part = $4`,
    [...keyOf(table, month), seriesId, part, rows, bytes, iso(firstAt), iso(lastAt), fileSha256, rowsSha256],
  );
}

/** Marks a file as unfinished: it is no longer read, and it is removed now or by the next run. */
export async function noteUnfinished(
  client: ClientBase,
  table: ArchivedTable,
  month: Month,
  { seriesId, part }: Pick<KnownFile, 'seriesId' | 'part'>,
): Promise<void> {
  await client.query(
    `update archive_files set state = 'writing' where relation = $1 and month = $2 and series_id = $3 and part = $4`,
    [...keyOf(table, month), seriesId, part],
  );
}

export async function forgetFile(
  client: ClientBase,
  table: ArchivedTable,
  month: Month,
  { seriesId, part }: Pick<KnownFile, 'seriesId' | 'part'>,
): Promise<void> {
  await client.query(
    'delete from archive_files where relation = $1 and month = $2 and series_id = $3 and part = $4',
    [...keyOf(table, month), seriesId, part],
  );
}

/** From now on the verified files are read instead of the table. */
export async function noteArchivedFiles(
  client: ClientBase,
  table: ArchivedTable,
  month: Month,
): Promise<void> {
  await client.query(
    `update archive_files set state = 'archived' where relation = $1 and month = $2 and state = 'verified'`,
    keyOf(table, month),
  );
}

export async function readProofs(
  client: ClientBase,
  table: ArchivedTable,
  month: Month,
): Promise<readonly Proof[]> {
  const { rows } = await client.query<Proof>(
    `select series_id as "seriesId", row_count::double precision as rows, fingerprint::text as fingerprint
     from archive_proofs where relation = $1 and month = $2`,
    keyOf(table, month),
  );
  return rows;
}

export async function noteProof(
  client: ClientBase,
  table: ArchivedTable,
  month: Month,
  { seriesId, rows, fingerprint }: Proof,
): Promise<void> {
  await client.query(
    `insert into archive_proofs (relation, month, series_id, row_count, fingerprint) values ($1, $2, $3, $4, $5)
     on conflict (relation, month, series_id) do update set
       row_count = excluded.row_count, fingerprint = excluded.fingerprint`,
    [...keyOf(table, month), seriesId, rows, fingerprint],
  );
}

export async function forgetProofs(client: ClientBase, table: ArchivedTable, month: Month): Promise<void> {
  await client.query('delete from archive_proofs where relation = $1 and month = $2', keyOf(table, month));
}

/** The current content of each series in a partition. */
export async function fingerprints(client: ClientBase, partition: string): Promise<readonly Proof[]> {
  const { rows } = await client.query<Proof>(
    longQuery(`
    select
      series_id as "seriesId",
      count(*)::double precision as rows,
      sum(hash_record_extended(part, 0)::numeric)::text as fingerprint
    from ${partition} as part
    group by series_id
    order by series_id`),
  );
  return rows;
}

function iso(at: number): string {
  return timestampText(at);
}

/** ISO 8601 in UTC, to the microsecond. */
function timestampText(at: number): string {
  const whole = Math.floor(at);
  const micros = Math.round((at - whole) * 1_000);
  const text = new Date(micros === 1_000 ? whole + 1 : whole).toISOString();
  return micros === 0 || micros === 1_000 ? text : text.replace('Z', `${String(micros).padStart(3, '0')}Z`);
}
