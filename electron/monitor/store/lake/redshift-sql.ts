import { message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import { ARCHIVED_TABLES, ARCHIVED_TICKS, type ArchivedTable } from '../archive/archived-table.ts';
import type { ParquetColumn } from '../parquet/parquet-schema.ts';
import { FOLDERS, type LakeArchive, tableName } from './lake-archive.ts';
import { lastParts } from './last-parts.ts';
import { identifier, literal as quoted } from './sql-text.ts';
import type { LakeStatement } from './statement-service.ts';

const TYPES = {
  timestamp: 'timestamp',
  double: 'double precision',
  integer: 'integer',
  text: 'varchar(256)',
} as const;

/** Redshift accepts 100 partitions in a statement, and its Data API statements of up to 100 kB. */
const PARTITIONS_AT_ONCE = 50;

export type RedshiftNames = {
  /** The schema of the cluster; that of the external tables is `<schema>_files`, as is its database in the Glue catalog. */
  readonly schema: string;
  /** ARN of the role with which Redshift reads S3 and Glue; null for the default one of the cluster. */
  readonly iamRole: string | null;
};

/**
 * Returns statements for Redshift: an external schema with a partitioned table for each kind of file (Spectrum); a view of
 * minutes that uses the last part; and a table of the cluster into which `COPY` loads the ticks, series by series. A file has no
 * columns for its folder names, so it is copied to a staging table and inserted from there together with them. The table of ticks
 * is replaced after everything is loaded, in one transaction, so that queries find either the previous table or the new one.
 *
 * Every other statement must be run separately: Redshift creates external tables only outside of transactions.
 *
 * @returns null for an archive that is not on S3
 * @throws MessageError when a name contains a backslash, which Redshift reads as an escape
 */
export function redshiftSql(
  { place, files }: LakeArchive,
  names: RedshiftNames,
): readonly LakeStatement[] | null {
  if (place.kind !== 's3') return null;
  const root = `s3://${place.bucket}/${place.prefix}`;
  const external = `${names.schema}_files`;
  const role = names.iamRole === null ? 'default' : literal(names.iamRole);
  const known = ARCHIVED_TABLES.map((table) => ({ table, folders: foldersOf(table, files) })).filter(
    ({ folders }) => folders.length > 0,
  );
  const hasCandles = known.some(({ table }) => table.name === 'candles_1m');
  return [
    `create external schema if not exists ${identifier(external)} from data catalog
database ${literal(external)} iam_role ${role} create external database if not exists`,
    ...known.flatMap(({ table, folders }) => externalTable(table, folders, root, external)),
    `create schema if not exists ${identifier(names.schema)}`,
    ...(hasCandles
      ? [
          `create or replace view ${identifier(names.schema)}."candles_1m" as
${lastParts(`${identifier(external)}."candles_1m_parts"`)}
with no schema binding`,
        ]
      : []),
    ...loadTicks(foldersOf(ARCHIVED_TICKS, files), root, names.schema, role),
  ];
}

function externalTable(
  table: ArchivedTable,
  folders: readonly string[],
  root: string,
  schema: string,
): readonly string[] {
  const name = `${identifier(schema)}.${identifier(tableName(table))}`;
  const partitions = folders.map((folder) => {
    const values = valuesOf(folder).map(
      (value, index) => `${identifier(FOLDERS[index] ?? '')} = ${literal(value)}`,
    );
    return `partition (${values.join(', ')}) location ${literal(`${root}${folder}/`)}`;
  });
  return [
    `drop table if exists ${name}`,
    `create external table ${name} (\n${columnsOf(table.schema)}\n)
partitioned by (${FOLDERS.map((folder) => `${identifier(folder)} varchar(256)`).join(', ')})
stored as parquet
location ${literal(`${root}${table.name}/`)}`,
    ...inGroups(partitions).map((group) => `alter table ${name} add if not exists\n${group.join('\n')}`),
  ];
}

function loadTicks(
  folders: readonly string[],
  root: string,
  schema: string,
  role: string,
): readonly LakeStatement[] {
  if (folders.length === 0) return [];
  const [ticks, loading, part] = ['ticks', 'ticks_loading', 'ticks_of_a_series'].map(
    (name) => `${identifier(schema)}.${identifier(name)}`,
  );
  const series = [...new Set(folders.map((folder) => folder.slice(0, folder.lastIndexOf('/'))))];
  const names = ARCHIVED_TICKS.schema.map(({ name }) => identifier(name)).join(', ');
  const own = FOLDERS.slice(0, 3);
  return [
    `drop table if exists ${loading}`,
    `create table ${loading} (\n${own.map((name) => `  ${identifier(name)} varchar(256) not null`).join(',\n')},
${columnsOf(ARCHIVED_TICKS.schema)}\n) sortkey ("observed_at")`,
    `drop table if exists ${part}`,
    `create table ${part} (\n${columnsOf(ARCHIVED_TICKS.schema)}\n)`,
    ...series.flatMap((folder) => [
      `truncate ${part}`,
      `copy ${part} from ${literal(`${root}${folder}/`)} iam_role ${role} format parquet`,
      `insert into ${loading} (${own.map(identifier).join(', ')}, ${names})
select ${valuesOf(folder).map(literal).join(', ')}, ${names} from ${part}`,
    ]),
    `drop table ${part}`,
    [`drop table if exists ${ticks}`, `alter table ${loading} rename to "ticks"`],
  ];
}

/** The distinct folders with files of a table. */
const foldersOf = ({ partitioned }: ArchivedTable, files: LakeArchive['files']): readonly string[] => [
  ...new Set(
    files
      .filter(({ relation }) => relation === partitioned.name)
      .map(({ path }) => path.slice(0, path.lastIndexOf('/'))),
  ),
];

/** The column values in the names of a folder's path. */
const valuesOf = (folder: string): readonly string[] =>
  folder
    .split('/')
    .slice(1)
    .map((part) => decodeURIComponent(part.slice(part.indexOf('=') + 1)));

const columnsOf = (columns: readonly ParquetColumn[]): string =>
  columns.map(({ name, type }) => `  ${identifier(name)} ${TYPES[type]}`).join(',\n');

const inGroups = (partitions: readonly string[]): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(partitions.length / PARTITIONS_AT_ONCE) }, (_, group) =>
    partitions.slice(group * PARTITIONS_AT_ONCE, (group + 1) * PARTITIONS_AT_ONCE),
  );

function literal(text: string): string {
  if (/[\\\p{Cc}]/u.test(text)) throw new MessageError(message('lake.unquotable', { text }));
  return quoted(text);
}
