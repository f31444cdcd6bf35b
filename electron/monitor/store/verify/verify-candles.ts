import type { PoolClient } from 'pg';
import { message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import { readMonths } from '../archive/archive-tables.ts';
import { ARCHIVED_CANDLES, ARCHIVED_TICKS, type ArchivedTable } from '../archive/archived-table.ts';
import { type Month, monthOf } from '../partitions/partition-month.ts';
import { CANDLE_COLUMNS, DAYS_OF_DUE, REPLACE_CANDLE } from '../writer/fill-days.ts';
import { lockCandles } from '../writer/write-batch.ts';
import { comparedRows } from './compared-rows.ts';
import type { Finding } from './finding.ts';
import { HOURS_OF_DUE } from './hours-of-minutes.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What is wrong with a stored candle. A candle without ticks is kept, because its ticks may have been deleted. */
export type Fault = 'missing' | 'different' | 'without-ticks';

export type CandleFinding = Finding<'1m' | '1h' | '1d', Fault>;

export type VerifyOptions = {
  readonly from: number;
  readonly to: number;
  /** Whether missing and different candles are rewritten. */
  readonly repairs: boolean;
  readonly run: <T>(work: (client: PoolClient) => Promise<T>) => Promise<T>;
  readonly onFinding: (finding: CandleFinding) => void;
  /** Called with each month whose ticks or minutes are not in the database; candles computed from them are not compared. */
  readonly onArchived: (table: ArchivedTable, month: Month) => void;
};

/**
 * Recomputes candles (minutes from ticks, hours from minutes, days from hours) and compares them with the stored ones. Each hour
 * of ticks is processed in a transaction in which no other program writes candles.
 *
 * @returns the number of candles that were computed or found
 */
export async function verifyCandles(options: VerifyOptions): Promise<number> {
  const { from, to, run } = options;
  if (await run(isBeingCopied)) throw new MessageError(message('verify.copying'));
  const [firstDay, end] = [Math.floor(from / DAY_MS) * DAY_MS, Math.ceil(to / DAY_MS) * DAY_MS];
  const isStored = await storedMonths(options);
  let count = 0;
  for (let day = firstDay; day < end; day += DAY_MS) {
    for (let hour = day; isStored(ARCHIVED_TICKS, day) && hour < day + DAY_MS; hour += HOUR_MS) {
      count += await run((client) => verifyTable(client, '1m', MINUTES, hour, hour + HOUR_MS, options));
    }
    if (isStored(ARCHIVED_CANDLES, day))
      count += await run((client) => verifyTable(client, '1h', HOURS, day, day + DAY_MS, options));
    count += await run((client) => verifyTable(client, '1d', DAYS, day, day + DAY_MS, options));
  }
  return count;
}

/** Returns whether the rows of a day are in the table, and reports each month whose rows are not, once. */
async function storedMonths({
  run,
  onArchived,
}: VerifyOptions): Promise<(table: ArchivedTable, day: number) => boolean> {
  const elsewhere = (await run(readMonths)).filter(
    ({ state }) => state === 'archived' || state === 'deleted',
  );
  const reported = new Set<string>();
  return (table, day) => {
    const month = monthOf(day);
    const isElsewhere = elsewhere.some(
      (one) => one.relation === table.partitioned.name && one.month === month.from,
    );
    const key = `${table.name} ${month.from}`;
    if (isElsewhere && !reported.has(key)) onArchived(table, month);
    reported.add(key);
    return !isElsewhere;
  };
}

type FindingRow = {
  readonly start_ms: number;
  readonly coin_id: string;
  readonly vs_currency: string;
  readonly source: string;
  readonly fault: Fault;
  readonly columns: readonly string[];
};

async function verifyTable(
  client: PoolClient,
  interval: CandleFinding['interval'],
  { count, compare, repair }: Statements,
  from: number,
  to: number,
  { repairs, onFinding }: VerifyOptions,
): Promise<number> {
  await lockCandles(client);
  const bounds = [new Date(from).toISOString(), new Date(to).toISOString()];
  const { rows } = await client.query<FindingRow>(compare, bounds);
  for (const { start_ms, coin_id, vs_currency, ...row } of rows)
    onFinding({ ...row, interval, start: start_ms, coinId: coin_id, vsCurrency: vs_currency });
  if (repairs && rows.some(({ fault }) => fault !== 'without-ticks')) await client.query(repair, bounds);
  const counted = await client.query<{ count: number }>(count, bounds);
  return counted.rows[0]?.count ?? 0;
}

async function isBeingCopied(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>(
    `select to_regclass('ticks_to_move') is not null as there`,
  );
  return rows[0]?.there === true;
}

type Statements = { readonly count: string; readonly compare: string; readonly repair: string };

const [SERIES_ID, BUCKET, ...VALUES] = CANDLE_COLUMNS.split(', ');
const KEY = `${SERIES_ID}, ${BUCKET}`;

const COMPARED = comparedRows({
  key: KEY,
  values: VALUES,
  sum: 'traded',
  onlyStored: 'without-ticks' satisfies Fault,
});

/** @param computed common table expression with the expected rows of the table from `$1` to before `$2` */
function statementsFor(table: string, computed: string): Statements {
  const stored = `select ${CANDLE_COLUMNS} from ${table} where bucket >= $1::timestamptz and bucket < $2::timestamptz`;
  const compared = `with ${computed}, stored as (${stored}), ${COMPARED}`;
  return {
    count: `select count(*)::integer as count from (${stored}) as stored`,
    compare: `
      ${compared}
      select
        extract(epoch from bucket)::double precision * 1000 as start_ms, coin_id, vs_currency, source, fault, columns
      from compared
      join series on series.id = series_id
      order by bucket, coin_id, vs_currency, source`,
    repair: `
      ${compared}
      insert into ${table} (${CANDLE_COLUMNS})
      select ${CANDLE_COLUMNS}
      from computed
      join compared using (${KEY})
      order by 1, 2
      ${REPLACE_CANDLE}`,
  };
}

/** Follows the definition (of trades if there are any, otherwise of all ticks, by time), independently of the writer's code. */
const MINUTES = statementsFor(
  'series_candles_1m',
  `marked as (
    select
      series_id,
      date_bin('1 minute', observed_at, 'epoch') as bucket,
      observed_at,
      price,
      volume_24h,
      amount,
      amount is not null
        or not bool_or(amount is not null) over (partition by series_id, date_bin('1 minute', observed_at, 'epoch'))
        as counts
    from series_ticks
    where observed_at >= $1::timestamptz and observed_at < $2::timestamptz
  ),
  computed as (
    select
      series_id,
      bucket,
      (array_agg(price order by observed_at) filter (where counts))[1] as open,
      min(observed_at) filter (where counts) as open_at,
      max(price) filter (where counts) as high,
      min(price) filter (where counts) as low,
      (array_agg(price order by observed_at desc) filter (where counts))[1] as close,
      max(observed_at) filter (where counts) as close_at,
      count(*)::integer as tick_count,
      (array_agg(volume_24h order by observed_at desc) filter (where counts))[1] as volume_24h,
      sum(amount) as traded
    from marked
    group by 1, 2
  )`,
);

const HOURS = statementsFor(
  'series_candles_1h',
  `due as (
    select distinct series_id, date_bin('1 hour', bucket, 'epoch') as hour
    from series_candles_1m
    where bucket >= $1::timestamptz and bucket < $2::timestamptz
  ),
  computed as (${HOURS_OF_DUE})`,
);

const DAYS = statementsFor(
  'series_candles_1d',
  `due as (
    select distinct series_id, date_bin('1 day', bucket, 'epoch') as day
    from series_candles_1h
    where bucket >= $1::timestamptz and bucket < $2::timestamptz
  ),
  computed as (${DAYS_OF_DUE})`,
);
