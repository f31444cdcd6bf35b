import type { ClientBase } from 'pg';

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

export type StoredPrices = {
  readonly source: string;
  /** Milliseconds since the epoch, oldest first. */
  readonly times: Float64Array<ArrayBuffer>;
  readonly prices: Float64Array<ArrayBuffer>;
  /** What was traded, in units of the coin; NaN where nothing was. */
  readonly amounts: Float64Array<ArrayBuffer>;
};

/** A page of rows: two numbers each. */
const PAGE_ROWS = 50_000;

/** Reads ticks as columns, a page at a time. Null when there are none. */
export async function readPrices(client: ClientBase, query: PriceQuery): Promise<StoredPrices | null> {
  const source = query.source ?? (await busiestSource(client, query));
  if (source === null) return null;
  const pages: Row[][] = [];
  let after = query.from - 1;
  for (;;) {
    const { rows } = await client.query<Row>({
      text: PAGE,
      values: [query.coinId, query.vsCurrency, source, timestamp(after), timestamp(query.to), PAGE_ROWS],
      rowMode: 'array' as const,
    });
    pages.push(rows);
    after = Number(rows.at(-1)?.[0] ?? 0);
    if (rows.length < PAGE_ROWS) break;
  }
  const count = pages.reduce((sum, rows) => sum + rows.length, 0);
  if (count === 0) return null;
  const [times, prices, amounts] = [0, 0, 0].map(() => new Float64Array(count)) as Columns;
  let index = 0;
  for (const rows of pages) {
    for (const [time, price, amount] of rows) {
      times[index] = time;
      prices[index] = price;
      amounts[index] = amount ?? Number.NaN;
      index++;
    }
  }
  return { source, times, prices, amounts };
}

type Row = [time: number, price: number, amount: number | null];
type Columns = [Float64Array<ArrayBuffer>, Float64Array<ArrayBuffer>, Float64Array<ArrayBuffer>];

// Ticks of one series have milliseconds of their own.
const PAGE = `
  select (extract(epoch from observed_at) * 1000)::double precision, price::double precision, amount
  from ticks
  where coin_id = $1 and vs_currency = $2 and source = $3 and observed_at > $4::timestamptz and observed_at < $5::timestamptz
  order by observed_at
  limit $6`;

async function busiestSource(
  client: ClientBase,
  { coinId, vsCurrency, from, to }: PriceQuery,
): Promise<string | null> {
  const { rows } = await client.query<{ readonly source: string }>(
    `select source from ticks
     where coin_id = $1 and vs_currency = $2 and observed_at >= $3::timestamptz and observed_at < $4::timestamptz
     group by source order by count(*) desc, source limit 1`,
    [coinId, vsCurrency, timestamp(from), timestamp(to)],
  );
  return rows[0]?.source ?? null;
}

const timestamp = (instant: number): string => new Date(instant).toISOString();
