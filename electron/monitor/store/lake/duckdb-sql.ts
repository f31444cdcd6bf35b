import type { ArchivePlace } from '../../../../shared/settings/archive-url.ts';
import { ARCHIVED_TABLES, type ArchivedTable } from '../archive/archived-table.ts';
import type { ParquetColumn } from '../parquet/parquet-schema.ts';
import { foldedCandles, SERIES } from './folded-candles.ts';
import type { LakeArchive } from './lake-archive.ts';
import { literal } from './sql-text.ts';

const TYPES = { timestamp: 'timestamptz', double: 'double', integer: 'integer', text: 'varchar' } as const;

export type DuckdbSql = {
  /** Loads extensions, configures credentials, and attaches the database as `monitor`. */
  readonly prepare: readonly string[];
  /** The views. Each may refer to earlier ones. */
  readonly views: readonly string[];
};

/**
 * Returns SQL for DuckDB: the views `ticks`, `candles_1m`, `candles_1d` and `candles_1d_of_ticks` over both the files and the
 * database. Each query reads only files that are the current location of rows according to the tables `archived_months` and
 * `archive_files`, so that a month that is being archived or was restored is not counted twice.
 *
 * @returns null for an archive that DuckDB cannot read
 */
export function duckdbSql({ place, files }: LakeArchive, archiveUrl: string): DuckdbSql | null {
  const root = rootOf(place);
  if (root === null) return null;
  const archived = ARCHIVED_TABLES.map((table) =>
    archivedView(
      table,
      root,
      archiveUrl,
      files.filter(({ relation }) => relation === table.partitioned.name),
    ),
  );
  return {
    prepare: [...secretOf(place), 'install postgres', 'load postgres', ATTACH],
    views: [
      ...archived,
      TICKS,
      MINUTES,
      view('candles_1d', DAYS),
      view('candles_1d_of_ticks', DAYS_OF_TICKS),
    ],
  };
}

/** The connection parameters come from libpq's variables or are filled in by the user, so that no password is printed. */
const ATTACH = `attach '' as monitor (type postgres, read_only)`;

const view = (name: string, query: string): string => `create or replace view ${name} as\n${query}`;

function rootOf(place: ArchivePlace): string | null {
  if (place.kind === 'webhdfs') return null;
  if (place.kind === 's3') return `s3://${place.bucket}/${place.prefix}`;
  return `${place.folder.replaceAll('\\', '/').replace(/\/+$/, '')}/`;
}

function secretOf(place: ArchivePlace): readonly string[] {
  if (place.kind !== 's3') return [];
  const { endpoint, region } = place.options;
  const url = endpoint === undefined ? null : new URL(endpoint);
  const parts = [
    'type s3',
    'provider credential_chain',
    `scope ${literal(`s3://${place.bucket}/${place.prefix}`)}`,
    ...(region === undefined ? [] : [`region ${literal(region)}`]),
    ...(url === null ? [] : [`endpoint ${literal(url.host)}`, `use_ssl ${url.protocol === 'https:'}`]),
    ...(place.options['path-style'] === 'true' ? [`url_style 'path'`] : []),
  ];
  return [
    ...['httpfs', 'aws'].flatMap((name) => [`install ${name}`, `load ${name}`]),
    `create or replace secret monitor_archive (${parts.join(', ')})`,
  ];
}

function archivedView(
  table: ArchivedTable,
  root: string,
  archiveUrl: string,
  files: LakeArchive['files'],
): string {
  const { name, schema, partitioned } = table;
  const columns = schema.map((column) => column.name).join(', ');
  if (files.length === 0) {
    const typed = (schema as readonly ParquetColumn[]).map(
      (column) => `null::${TYPES[column.type]} as ${column.name}`,
    );
    const series = SERIES.split(', ').map((column) => `null::varchar as ${column}`);
    return view(`archived_${name}`, `select ${[...series, ...typed].join(', ')}\nwhere false`);
  }
  // Brackets escape wildcards in folder names.
  const pattern = `${root.replace(/[*?[]/g, '[$&]')}${name}/**/*.parquet`;
  // Of rows with the same key, the one of the later part is used. Two parts have the same tick only after `archive adopt`.
  const mayRepeat = name !== 'ticks' || hasParts(files);
  const once = mayRepeat ? `distinct on (${SERIES}, ${partitioned.time}) ` : '';
  const order = mayRepeat ? `\norder by ${SERIES}, ${partitioned.time}, filename desc` : '';
  return view(
    `archived_${name}`,
    `select ${once}${SERIES}, ${columns}
from read_parquet(${literal(pattern)}, hive_partitioning = true, hive_types_autocast = false, filename = true)
where replace(filename, '\\', '/') in (
  select ${literal(root)} || files.path
  from monitor.archive_files as files
  join monitor.archived_months as months on months.relation = files.relation and months.month = files.month
  where files.relation = ${literal(partitioned.name)} and files.archive_url = ${literal(archiveUrl)}
    and files.state = 'archived' and months.state = 'archived'
)${order}`,
  );
}

/** Whether any folder has several files. */
function hasParts(files: LakeArchive['files']): boolean {
  const folders = files.map(({ path }) => path.slice(0, path.lastIndexOf('/')));
  return new Set(folders).size < folders.length;
}

const TICK_COLUMNS = `${SERIES}, observed_at, price, volume_24h, market_cap, amount`;

// A tick that was received again after its month was archived is returned once.
const TICKS = view(
  'ticks',
  `select ${TICK_COLUMNS} from archived_ticks
union all
select ${TICK_COLUMNS} from monitor.ticks as stored
where not exists (
  select 1 from archived_ticks as archived
  where archived.source = stored.source and archived.coin_id = stored.coin_id
    and archived.vs_currency = stored.vs_currency and archived.observed_at = stored.observed_at
)`,
);

const CANDLE_COLUMNS = `${SERIES}, bucket, open, open_at, high, low, close, close_at, tick_count, volume_24h, traded`;

const folded = (bucket: string, as: string, from: string): string =>
  foldedCandles({ bucket, as, from, lastOrNull: 'arg_max_null' });

// A minute may have a candle in the archive and another one, of late ticks, in the database.
const MINUTE_COLUMNS = CANDLE_COLUMNS.replace('bucket', 'bucket as minute');
const MINUTES = view(
  'candles_1m',
  folded(
    'minute',
    'bucket',
    `
    select ${MINUTE_COLUMNS} from archived_candles_1m
    union all
    select ${MINUTE_COLUMNS} from monitor.candles_1m
  `,
  ),
);

/** The UTC day, regardless of the session's time zone. */
const dayOf = (column: string): string =>
  `make_timestamp(epoch_us(${column}) // 86400000000 * 86400000000)::date`;

const DAYS = folded(dayOf('bucket'), 'day', `select ${CANDLE_COLUMNS} from candles_1m`);

const DAYS_OF_TICKS = folded(
  dayOf('open_at'),
  'day',
  `
    select
      ${SERIES}, price as open, observed_at as open_at, price as high, price as low, price as close,
      observed_at as close_at, 1 as tick_count, volume_24h, amount as traded
    from ticks
  `,
);
