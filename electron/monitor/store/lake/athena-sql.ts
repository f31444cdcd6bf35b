import { message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import { ARCHIVED_TABLES, type ArchivedTable } from '../archive/archived-table.ts';
import type { ParquetColumn } from '../parquet/parquet-schema.ts';
import { foldedCandles } from './folded-candles.ts';
import { FOLDERS, folderValues, type LakeArchive, tableName } from './lake-archive.ts';
import { lastParts } from './last-parts.ts';
import { hiveIdentifier, identifier } from './sql-text.ts';

const TYPES = { timestamp: 'timestamp', double: 'double', integer: 'int', text: 'string' } as const;

/** Athena tries each combination of enumerated values, so with more coins than this a query has to name the coin instead. */
const MAX_ENUMERATED_VALUES = 200;

/**
 * Returns statements for Athena: a database; an external table for each kind of file, whose partitions are computed from the
 * query rather than stored in a catalog; and two views of candles, by minute and by UTC day. Values of `source`, `coin_id` and
 * `vs_currency` are those of the folders, percent-encoded. The tables are dropped first; they are external, so the files are
 * kept. Source: https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html
 *
 * @param database letters, digits and underscores
 * @returns null for an archive that is not on S3
 * @throws MessageError when a folder has a name that Athena's DDL cannot quote
 */
export function athenaSql({ place, files }: LakeArchive, database: string): readonly string[] | null {
  if (place.kind !== 's3') return null;
  const root = `s3://${place.bucket}/${place.prefix}`;
  const known = ARCHIVED_TABLES.map((table) => ({
    table,
    own: files.filter(({ relation }) => relation === table.partitioned.name),
  })).filter(({ own }) => own.length > 0);
  return [
    `create database if not exists ${hiveIdentifier(database)}`,
    ...known.flatMap(({ table, own }) => externalTable(table, own, root, database)),
    ...(known.some(({ table }) => table.name === 'candles_1m') ? candleViews(database) : []),
  ];
}

function externalTable(
  table: ArchivedTable,
  files: LakeArchive['files'],
  root: string,
  database: string,
): readonly string[] {
  const name = `${hiveIdentifier(database)}.${hiveIdentifier(tableName(table))}`;
  const columns = (table.schema as readonly ParquetColumn[]).map(
    (column) => `  ${hiveIdentifier(column.name)} ${TYPES[column.type]}`,
  );
  const location = `${root}${table.name}/`;
  const properties = [
    ['projection.enabled', 'true'],
    ...(['source', 'coin_id', 'vs_currency'] as const).flatMap((folder) => projection(files, folder)),
    ['projection.month.type', 'date'],
    ['projection.month.format', 'yyyy-MM'],
    ['projection.month.range', `${folderValues(files, 'month')[0]},NOW`],
    ['projection.month.interval', '1'],
    ['projection.month.interval.unit', 'MONTHS'],
    [
      'storage.location.template',
      `${location}${FOLDERS.map((folder) => `${folder}=$\{${folder}}`).join('/')}/`,
    ],
  ] as const;
  const assigned = properties.map(([key, value]) => `  ${hiveLiteral(key)} = ${hiveLiteral(value)}`);
  return [
    `drop table if exists ${name}`,
    `create external table ${name} (
${columns.join(',\n')}
)
partitioned by (${FOLDERS.map((folder) => `${hiveIdentifier(folder)} string`).join(', ')})
stored as parquet
location ${hiveLiteral(location)}
tblproperties (
${assigned.join(',\n')}
)`,
  ];
}

function projection(
  files: LakeArchive['files'],
  column: (typeof FOLDERS)[number],
): readonly (readonly [string, string])[] {
  const values = folderValues(files, column);
  if (values.length > MAX_ENUMERATED_VALUES) return [[`projection.${column}.type`, 'injected']];
  return [
    [`projection.${column}.type`, 'enum'],
    [`projection.${column}.values`, values.join(',')],
  ];
}

function candleViews(database: string): readonly string[] {
  const named = (name: string): string => `${identifier(database)}.${identifier(name)}`;
  const days = foldedCandles({
    from: `select * from ${named('candles_1m')}`,
    bucket: 'date(bucket)',
    as: 'day',
    lastOrNull: 'max_by',
  });
  return [
    `create or replace view ${named('candles_1m')} as
${lastParts(named('candles_1m_parts'))}`,
    `create or replace view ${named('candles_1d')} as\n${days}`,
  ];
}

/** How Athena's DDL escapes a quote within a string is not documented, so such a string is refused. */
function hiveLiteral(text: string): string {
  if (/['\\\p{Cc}]/u.test(text)) throw new MessageError(message('lake.unquotable', { text }));
  return `'${text}'`;
}
