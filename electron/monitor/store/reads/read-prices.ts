import type { ClientBase } from 'pg';
import { readFloat8Array, readTimestamptzArray } from '../binary/read-binary-array.ts';

/** The prices of one coin from one source in a stretch of time. */
export type PriceQuery = {
  readonly coinId: string;
  readonly vsCurrency: string;
  /** The source; the one with the most ticks in that time when absent. */
  readonly source?: string | undefined;
  readonly from: number;
  /** Not included. */
  readonly to: number;
};

type Column = Float64Array<ArrayBuffer>;

export type PriceColumns = {
  /** Milliseconds since the epoch, oldest first. */
  readonly times: Column;
  readonly prices: Column;
  /** What was traded, in units of the coin; NaN where nothing was. */
  readonly amounts: Column;
};

export type StoredPrices = PriceColumns & { readonly source: string };

/** Ticks that are read at once: a few milliseconds of work for this process. */
const PAGE_TICKS = 50_000;

/** Reads ticks as columns, a page at a time. Null when there are none. */
export async function readPrices(
  client: ClientBase,
  query: PriceQuery,
  pageTicks = PAGE_TICKS,
): Promise<StoredPrices | null> {
  const { coinId, vsCurrency, from, to } = query;
  const source = query.source ?? (await busiestSource(client, query));
  if (source === null) return null;
  const page = PAGE_OF[await relationOf(client)];
  const pages: PriceColumns[] = [];
  let after = from - 1;
  let length: number;
  do {
    const values = [coinId, vsCurrency, source, timestamp(after), timestamp(to), pageTicks];
    const { rows } = await client.query<ArraysOfPage>(page, values);
    const columns = columnsOf(rows[0]);
    pages.push(columns);
    length = columns.times.length;
    after = columns.times.at(-1) ?? after;
  } while (length === pageTicks);
  const columns = {
    times: joined(pages.map((one) => one.times)),
    prices: joined(pages.map((one) => one.prices)),
    amounts: joined(pages.map((one) => one.amounts)),
  };
  return columns.times.length === 0 ? null : { source, ...columns };
}

/**
 * A page in one row: three arrays in PostgreSQL's binary format as base64, or three nulls. Rows of numbers would cost the server, the
 * driver and the heap more than all that is done with them; and the driver takes every value for text.
 */
type ArraysOfPage = { readonly times: string | null; readonly prices: string; readonly amounts: string };

function columnsOf(page: ArraysOfPage | undefined): PriceColumns {
  const { times = null, prices = '', amounts = '' } = page ?? {};
  if (times === null)
    return { times: new Float64Array(0), prices: new Float64Array(0), amounts: new Float64Array(0) };
  return {
    times: readTimestamptzArray(Buffer.from(times, 'base64')),
    prices: readFloat8Array(Buffer.from(prices, 'base64')),
    amounts: readFloat8Array(Buffer.from(amounts, 'base64')),
  };
}

function joined(parts: readonly Column[]): Column {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

// Ticks of one series have milliseconds of their own.
const pageOf = (ticks: string): string => `
  select
    encode(array_send(array_agg(observed_at)), 'base64') as times,
    encode(array_send(array_agg(price)), 'base64') as prices,
    encode(array_send(array_agg(amount)), 'base64') as amounts
  from (
    ${ticks} and observed_at > $4::timestamptz and observed_at < $5::timestamptz
    order by observed_at
    limit $6
  ) as page`;

const PAGE_OF = {
  // With the number of the series in hand the server need not join, and takes the rows in the order of the key.
  series_ticks: pageOf(`
    select observed_at, price, amount from series_ticks
    where series_id = (select id from series where coin_id = $1 and vs_currency = $2 and source = $3)`),
  ticks: pageOf(`
    select observed_at, price::double precision, amount::double precision from ticks
    where coin_id = $1 and vs_currency = $2 and source = $3`),
};

/** Where all ticks are: while those of an earlier version are being copied, in the view over both tables. */
async function relationOf(client: ClientBase): Promise<keyof typeof PAGE_OF> {
  const { rows } = await client.query<{ readonly is_moving: boolean }>(
    `select exists (select from moving where relation = 'ticks') as is_moving`,
  );
  return rows[0]?.is_moving ? 'ticks' : 'series_ticks';
}

async function busiestSource(
  client: ClientBase,
  { coinId, vsCurrency, from, to }: PriceQuery,
): Promise<string | null> {
  const { rows: known } = await client.query<{ readonly source: string }>(
    'select source from series where coin_id = $1 and vs_currency = $2',
    [coinId, vsCurrency],
  );
  if (known.length <= 1) return known[0]?.source ?? null;
  const { rows } = await client.query<{ readonly source: string }>(
    `select source from ticks
     where coin_id = $1 and vs_currency = $2 and observed_at >= $3::timestamptz and observed_at < $4::timestamptz
     group by source order by count(*) desc, source limit 1`,
    [coinId, vsCurrency, timestamp(from), timestamp(to)],
  );
  return rows[0]?.source ?? null;
}

const timestamp = (instant: number): string => new Date(instant).toISOString();
