import type { PoolClient } from 'pg';
import type { Tick } from '../../../../shared/domain/tick.ts';
import { textArray } from '../binary/binary-array.ts';

/** A coin in a quote currency from one source. */
export type SeriesName = Pick<Tick, 'coinId' | 'vsCurrency' | 'source'>;

export type Series = {
  readonly id: number;
  readonly name: SeriesName;
  /**
   * The newest minute of which the table may have a candle; -Infinity when it has none. Later minutes are certainly new, as long
   * as no other program writes the same series.
   */
  newestMinute: number;
};

/** The series that the program has seen, by name, with their ids in the database. */
export type SeriesIds = {
  /** Looks up the series of ticks and creates new ones, so that `of` can return them. */
  load(...batches: readonly (readonly SeriesName[])[]): Promise<void>;
  /** @throws Error for a series that was not loaded */
  of(tick: SeriesName): Series;
  /** Forgets all ids: the database may be a different one now. */
  forget(): void;
};

type Run = <T>(work: (client: PoolClient) => Promise<T>) => Promise<T>;

/** A series, with the one that followed it the last time. */
type Known = { readonly series: Series; next: Known | null };

export function createSeriesIds(run: Run): SeriesIds {
  /** By source, currency and coin, so that no key has to be concatenated for each tick. */
  let known = new Map<string, Map<string, Map<string, Known>>>();
  /** The map used for the previous tick: most ticks have the same source and currency as the one before. */
  let last = { source: '', vsCurrency: '', coins: new Map<string, Known>() };
  let previous: Known | null = null;

  const coinsOf = ({ source, vsCurrency }: SeriesName): Map<string, Known> => {
    if (source === last.source && vsCurrency === last.vsCurrency) return last.coins;
    const currencies = known.get(source) ?? new Map<string, Map<string, Known>>();
    known.set(source, currencies);
    const coins = currencies.get(vsCurrency) ?? new Map<string, Known>();
    currencies.set(vsCurrency, coins);
    last = { source, vsCurrency, coins };
    return coins;
  };

  /** Prices of the same coins repeatedly arrive in the same order, and comparing names is faster than hashing them. */
  const find = (tick: SeriesName): Series | undefined => {
    const expected = previous?.next ?? null;
    if (expected !== null && isOf(expected.series, tick)) {
      previous = expected;
      return expected.series;
    }
    const found = coinsOf(tick).get(tick.coinId);
    if (found === undefined) return undefined;
    if (previous !== null) previous.next = found;
    previous = found;
    return found.series;
  };

  return {
    async load(...batches) {
      const missing = new Map<string, SeriesName>();
      for (const ticks of batches) {
        for (const tick of ticks) {
          if (find(tick) === undefined)
            missing.set(`${tick.coinId}\n${tick.vsCurrency}\n${tick.source}`, tick);
        }
      }
      if (missing.size === 0) return;
      // Sorted, because rows are locked in this order: with the same order in all writers there are no deadlocks.
      const names = [...missing].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, name]) => name);
      const parameters = [
        textArray(names.map(({ coinId }) => coinId)),
        textArray(names.map(({ vsCurrency }) => vsCurrency)),
        textArray(names.map(({ source }) => source)),
      ];
      const rows = await run(async (client) => {
        await client.query(INSERT_NEW, parameters);
        return (await client.query<SeriesRow>(SELECT, parameters)).rows;
      });
      for (const { id, coin_id, vs_currency, source, newest_ms } of rows) {
        const name = { coinId: coin_id, vsCurrency: vs_currency, source };
        const series = { id, name, newestMinute: newest_ms ?? Number.NEGATIVE_INFINITY };
        coinsOf(name).set(coin_id, { series, next: null });
      }
    },
    of(tick) {
      const series = find(tick);
      if (series === undefined) throw new Error('A series was not looked up.');
      return series;
    },
    forget() {
      known = new Map();
      last = { source: '', vsCurrency: '', coins: new Map() };
      previous = null;
    },
  };
}

function isOf({ name }: Series, { coinId, vsCurrency, source }: SeriesName): boolean {
  return name.coinId === coinId && name.vsCurrency === vsCurrency && name.source === source;
}

type SeriesRow = {
  readonly id: number;
  readonly coin_id: string;
  readonly vs_currency: string;
  readonly source: string;
  readonly newest_ms: number | null;
};

const GIVEN = 'unnest($1::text[], $2::text[], $3::text[]) as given (coin_id, vs_currency, source)';

/** Not only `on conflict`, which would use up an id for each existing row. */
const INSERT_NEW = `
  insert into series (coin_id, vs_currency, source)
  select coin_id, vs_currency, source
  from ${GIVEN}
  where not exists (
    select from series
    where series.coin_id = given.coin_id and series.vs_currency = given.vs_currency and series.source = given.source
  )
  on conflict (coin_id, vs_currency, source) do nothing`;

const SELECT = `
  select
    id, coin_id, vs_currency, source,
    (
      select extract(epoch from max(bucket))::double precision * 1000 from series_candles_1m where series_id = series.id
    ) as newest_ms
  from ${GIVEN}
  join series using (coin_id, vs_currency, source)`;
