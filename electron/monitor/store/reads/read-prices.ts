import type { ClientBase } from 'pg';
import { readFloat8Array, readTimestamptzArray } from '../binary/read-binary-array.ts';

/** Selects the prices of one coin from one source in a time range. */
export type PriceQuery = {
  readonly coinId: string;
  readonly vsCurrency: string;
  /** The source; the one with the most ticks in the range when absent. */
  readonly source?: string | undefined;
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
};

type Column = Float64Array<ArrayBuffer>;

export type PriceColumns = {
  /** Milliseconds since the epoch, oldest first. */
  readonly times: Column;
  readonly prices: Column;
  /** Traded amounts, in units of the coin; NaN for prices that are not trades. */
  readonly amounts: Column;
};

export type StoredPrices = PriceColumns & { readonly source: string };

/** Target number of ticks per slice: a few milliseconds of work for this process. */
const SLICE_TICKS = 50_000;
/** Short enough for the busiest coin; the length of the following slices is adapted to the number of ticks. */
const FIRST_SLICE_MS = 10 * 60_000;
const LONGEST_SLICE_MS = 31 * 24 * 60 * 60_000;

/**
 * Reads ticks as columns, one time slice after another. Returns null when there are none.
 *
 * The key of the ticks begins with the time, so the server scans the ticks of all coins to find those of one. With time slices it
 * scans them once; pages with a row limit would make it scan a whole partition again for each page.
 */
export async function readPrices(
  client: ClientBase,
  query: PriceQuery,
  firstSliceMs = FIRST_SLICE_MS,
): Promise<StoredPrices | null> {
  const { coinId, vsCurrency, from, to } = query;
  const source = query.source ?? (await busiestSource(client, query));
  if (source === null) return null;
  const slice = SLICE_OF[await relationOf(client)];
  const slices: PriceColumns[] = [];
  let lengthMs = firstSliceMs;
  for (let start = from; start < to; ) {
    const end = Math.min(to, start + lengthMs);
    const values = [coinId, vsCurrency, source, timestamp(start), timestamp(end)];
    const { rows } = await client.query<ArraysOfSlice>(slice, values);
    const columns = columnsOf(rows[0]);
    slices.push(columns);
    const { length } = columns.times;
    if (length < SLICE_TICKS / 2) lengthMs = Math.min(LONGEST_SLICE_MS, 2 * lengthMs);
    else if (length > 2 * SLICE_TICKS) lengthMs = Math.ceil(lengthMs / 2);
    start = end;
  }
  const columns = {
    times: joined(slices.map((one) => one.times)),
    prices: joined(slices.map((one) => one.prices)),
    amounts: joined(slices.map((one) => one.amounts)),
  };
  return columns.times.length === 0 ? null : { source, ...columns };
}

/**
 * A slice as one row: three arrays in PostgreSQL's binary format as base64, or three nulls. Rows of numbers would cost the
 * server, the driver and the heap more than all later processing, and the driver treats every value as text.
 */
type ArraysOfSlice = { readonly times: string | null; readonly prices: string; readonly amounts: string };

function columnsOf(slice: ArraysOfSlice | undefined): PriceColumns {
  const { times = null, prices = '', amounts = '' } = slice ?? {};
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

const sliceOf = (ticks: string): string => `
  select
    encode(array_send(array_agg(observed_at)), 'base64') as times,
    encode(array_send(array_agg(price)), 'base64') as prices,
    encode(array_send(array_agg(amount)), 'base64') as amounts
  from (
    ${ticks} and observed_at >= $4::timestamptz and observed_at < $5::timestamptz
    order by observed_at
  ) as slice`;

const SLICE_OF = {
  // With the ids of the series known, the server does not need a join.
  series_ticks: sliceOf(`
    select observed_at, price, amount from series_ticks
    where series_id = (select id from series where coin_id = $1 and vs_currency = $2 and source = $3)`),
  ticks: sliceOf(`
    select observed_at, price::double precision, amount::double precision from ticks
    where coin_id = $1 and vs_currency = $2 and source = $3`),
};

/** The relation with all ticks: the view over both tables while the ticks of an earlier version are being copied. */
async function relationOf(client: ClientBase): Promise<keyof typeof SLICE_OF> {
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
