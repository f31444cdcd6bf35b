import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Client } from 'pg';
import { monthOf } from '../electron/monitor/store/partitions/partition-month.ts';
import { makePartition, PARTITIONED_TABLES } from '../electron/monitor/store/partitions/partitioned-table.ts';
import { withOwnDatabase } from './own-database.ts';
import type { BenchResult } from './result.ts';
import { buildTree, TREE_CLI } from './tree.ts';

/** All rows are in one past month, so that it can be archived. */
const START = Date.UTC(2025, 0, 1);
const LENGTH_MS = 28 * 86_400_000;
const POLLED_COINS = 20;
/** The most that a million trades may take in the database, with their index. */
const MAX_TRADES_MB = 95;
const FORMATS = ['csv', 'jsonl', 'parquet'] as const;
/** Millions of rows: `npm run bench -- files --rows=10`. */
const FLAG = '--rows=';
const ROWS = Number(process.argv.find((word) => word.startsWith(FLAG))?.slice(FLAG.length) ?? 1) * 1e6;

/** The duration of a command, including its start, and its peak memory, which only Linux reports. */
type Run = { readonly ms: number; readonly peakMb: number | null };

/**
 * Exports and imports of a million trades by the program's commands, compared with `\copy` and DuckDB for the same rows; and archiving
 * of these trades and of as many polled prices.
 */
export async function benchFiles(): Promise<readonly BenchResult[]> {
  buildTree();
  return withOwnDatabase(async ({ client, url, dataDir }) => {
    const bytesPerTrade = await fill(client);
    return [
      {
        name: 'trades in the database',
        value: bytesPerTrade,
        unit: 'MB/M',
        ratio: bytesPerTrade / MAX_TRADES_MB,
        ratioTo: `${MAX_TRADES_MB} MB/M`,
      },
      ...(await exports(client, url, dataDir)),
      ...(await archives(client, url, dataDir)),
      ...(await imports(client, url, dataDir)),
    ];
  });
}

async function exports(client: Client, url: string, folder: string): Promise<readonly BenchResult[]> {
  const csv = join(folder, 'copied.csv');
  const query = `
    select observed_at, price, amount, volume_24h, market_cap, source from ticks
    where coin_id = 'bitcoin' and vs_currency = 'usd' order by observed_at`;
  const copy = await timed(() => copyCsv(client, url, `(${query.replaceAll(/\s+/g, ' ')})`, 'to', csv));
  const rate = ({ ms }: Run): number => (ROWS * 1_000) / ms;
  const ratioTo = 'as quick as \\copy';
  const results: BenchResult[] = [
    { name: '\\copy of trades', value: rate(copy), unit: 'rows/s', ratio: 1, ratioTo },
  ];
  for (const format of FORMATS) {
    const out = join(folder, `exported.${format}`);
    const exported = await command(
      ['export', 'ticks', '--coin', 'bitcoin', '--format', format, '--out', out],
      url,
    );
    const name = `export of trades as ${format}`;
    results.push({ name, value: rate(exported), unit: 'rows/s', ratio: copy.ms / exported.ms, ratioTo });
    if (exported.peakMb !== null)
      results.push({
        name: `${name}, most memory`,
        value: exported.peakMb,
        unit: 'MB',
        ratio: exported.peakMb / 150,
        ratioTo: '150 MB',
      });
  }
  const duckDb = await DuckDBInstance.create(':memory:');
  const connection = await duckDb.connect();
  const parquet = join(folder, 'duckdb.parquet');
  const converted = await timed(async () => {
    await connection.run(`copy (from read_csv('${csv}')) to '${parquet}' (format parquet, compression zstd)`);
  });
  connection.closeSync();
  const [ours, theirs] = [statSync(join(folder, 'exported.parquet')).size, statSync(parquet).size];
  return [
    ...results,
    {
      name: 'DuckDB, the csv of \\copy to Parquet',
      value: rate(converted),
      unit: 'rows/s',
      ratio: copy.ms / converted.ms,
      ratioTo,
    },
    {
      name: 'trades exported as Parquet',
      value: ours / ROWS,
      unit: 'MB/M',
      ratio: ours / theirs,
      ratioTo: "DuckDB's file",
    },
  ];
}

async function archives(client: Client, url: string, folder: string): Promise<readonly BenchResult[]> {
  const { rows } = await client.query<{ bytes: number }>(
    `select pg_total_relation_size('series_ticks_2025_01')::float8 as bytes`,
  );
  const bytes = rows[0]?.bytes ?? 0;
  const archive = join(folder, 'archive');
  mkdirSync(archive);
  const archiveUrl = pathToFileURL(archive).href;
  const { ms } = await command(['archive', 'run', '--archive-url', archiveUrl], url);
  const files = readdirSync(archive, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.parquet'))
    .map((entry) => join(entry.parentPath, entry.name));
  const sizeOf = (source: string): number =>
    files
      .filter((path) => path.includes(`source=${source}`))
      .reduce((sum, path) => sum + statSync(path).size, 0);
  const [traded, polled] = [sizeOf('kraken'), sizeOf('coingecko')];
  return [
    {
      name: 'archive run, of ticks with index',
      value: bytes / 1_000 / ms,
      unit: 'MB/s',
      ratio: bytes / (traded + polled),
      ratioTo: 'the size of its files',
    },
    {
      name: 'trades in the archive',
      value: traded / ROWS,
      unit: 'MB/M',
      ratio: traded / ROWS / 12,
      ratioTo: '12 MB/M',
    },
    {
      name: 'polled in the archive',
      value: polled / ROWS,
      unit: 'MB/M',
      ratio: polled / ROWS / 12,
      ratioTo: '12 MB/M',
    },
  ];
}

/** Imports the file that `\\copy` wrote: into another series, with its candles; into a table with a key; into a table of DuckDB. */
async function imports(client: Client, url: string, folder: string): Promise<readonly BenchResult[]> {
  const csv = join(folder, 'copied.csv');
  const columns =
    'observed_at timestamptz, price float8, amount float8, volume_24h float8, market_cap float8, source text';
  await client.query(`create table imported (${columns}, primary key (observed_at, source))`);
  const copy = await timed(() => copyCsv(client, url, 'imported', 'from', csv));
  const imported = await command(['import', 'ticks', csv, '--coin', 'bitcoin', '--source', 'bench'], url);
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::integer as count from ticks where source = 'bench'`,
  );
  if (rows[0]?.count !== ROWS) throw new Error(`${rows[0]?.count} of ${ROWS} trades were imported.`);
  const duckDb = await DuckDBInstance.create(join(folder, 'imported.duckdb'));
  const connection = await duckDb.connect();
  const loaded = await timed(async () => {
    await connection.run(`create table imported as select * from read_csv('${csv}')`);
  });
  connection.closeSync();
  const rate = ({ ms }: Run): number => (ROWS * 1_000) / ms;
  const ratioTo = 'as quick as \\copy';
  return [
    { name: '\\copy of trades into a table', value: rate(copy), unit: 'rows/s', ratio: 1, ratioTo },
    {
      name: 'import of trades, with candles',
      value: rate(imported),
      unit: 'rows/s',
      ratio: copy.ms / imported.ms,
      ratioTo,
    },
    {
      name: 'DuckDB, the csv into a table',
      value: rate(loaded),
      unit: 'rows/s',
      ratio: copy.ms / loaded.ms,
      ratioTo,
    },
  ];
}

/** Runs a COPY with a file of the client, by psql or, without psql, by the server itself, which is as fast. */
async function copyCsv(
  client: Client,
  url: string,
  table: string,
  direction: 'from' | 'to',
  path: string,
): Promise<void> {
  const statement = `copy ${table} ${direction} '${path}' csv header`;
  const copied = spawnSync('psql', [url, '-v', 'ON_ERROR_STOP=1', '-c', `\\${statement}`]);
  if (copied.error !== undefined) await client.query(statement);
  else if (copied.status !== 0) throw new Error(copied.stderr.toString());
}

async function timed(work: () => Promise<void>): Promise<Run> {
  const startedAt = performance.now();
  await work();
  return { ms: performance.now() - startedAt, peakMb: null };
}

/** Runs a command of the built program. */
async function command(words: readonly string[], databaseUrl: string): Promise<Run> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [TREE_CLI, ...words, '--database-url', databaseUrl], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let peakMb: number | null = null;
  const watch = setInterval(() => {
    peakMb = peakOf(child.pid ?? 0) ?? peakMb;
  }, 50);
  const [code] = await once(child, 'close');
  clearInterval(watch);
  if (code !== 0) throw new Error(`crypto-price-monitor ${words.join(' ')} ended with ${code}.`);
  return { ms: performance.now() - startedAt, peakMb };
}

/** The peak memory of a process in megabytes; null where the system does not report it. */
function peakOf(pid: number): number | null {
  try {
    const found = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return found === null ? null : Number(found[1]) / 1_024;
  } catch {
    return null;
  }
}

/**
 * Fills the tables with prices that wander: trades with amounts and polled prices with volumes, with as many digits as sources return.
 *
 * @returns bytes on disk for each trade, with the index
 */
async function fill(client: Client): Promise<number> {
  for (const table of PARTITIONED_TABLES) {
    await client.query('begin');
    await makePartition(client, table, monthOf(START));
    await client.query('commit');
  }
  await client.query(`
    insert into series (coin_id, vs_currency, source)
    select 'some-coin-' || coin, 'usd', 'coingecko' from generate_series(1, ${POLLED_COINS}) as coin
    union all values ('bitcoin', 'usd', 'kraken')`);
  const start = `timestamptz '${new Date(START).toISOString()}'`;
  // Bursts of trades with pauses between them, as on exchanges, each trade at a different millisecond.
  await client.query(`
    insert into series_ticks (observed_at, series_id, price, amount)
    select
      ${start} + interval '1 ms' * (trade * ${LENGTH_MS / ROWS} + random() * ${LENGTH_MS / ROWS} * 0.9)::bigint,
      (select id from series where source = 'kraken'),
      round((60000 + sum(round((random() - 0.5)::numeric, 1)) over (order by trade))::numeric, 1),
      round((random() ^ 4)::numeric, 8)
    from generate_series(0::bigint, ${ROWS - 1}) as trade`);
  const { rows } = await client.query<{ bytes: number }>(
    `select pg_total_relation_size('series_ticks_2025_01')::float8 as bytes`,
  );
  await client.query(`
    insert into series_ticks (observed_at, series_id, price, volume_24h, market_cap)
    select
      ${start} + poll * interval '1 ms' * ${(LENGTH_MS * POLLED_COINS) / ROWS} + series.id * interval '17 ms',
      series.id,
      round((100 * series.id + sum(random() - 0.5) over own)::numeric, 2),
      1e9 + sum(random() - 0.5) over own * 1e6,
      5e10 + sum(random() - 0.5) over own * 1e8
    from generate_series(0, ${ROWS / POLLED_COINS - 1}) as poll, series
    where source = 'coingecko'
    window own as (partition by series.id order by poll)
    order by poll, series.id`);
  await client.query('vacuum analyze series_ticks');
  return (rows[0]?.bytes ?? 0) / ROWS;
}
