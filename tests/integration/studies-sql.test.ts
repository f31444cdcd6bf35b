import type { Client } from 'pg';
import { expect, it } from 'vitest';
import { STUDIES } from '../../renderer/chart/model/studies/studies.ts';
import type { Study, StudyParams } from '../../renderer/chart/model/studies/study.ts';
import { studyRun } from '../../renderer/chart/model/studies/study-run.ts';
import type { Candle } from '../../shared/domain/candle.ts';
import { seededCandles } from '../chart-page/seeded-candles.ts';
import { databaseUrlOf, openTestStorage, withClient, withDataDir } from './storage-fixture.ts';

/*
 * Compares the indicators of the chart with the same computed by PostgreSQL from their published definitions: by window functions if a
 * definition uses a number of past candles, and by recursion if it uses the previous value.
 */

const INTERVAL_MS = 30 * 60_000;

/** Two weeks of half-hour candles with gaps, constant prices for a while, and unknown volumes. */
const CANDLES: readonly Candle[] = seededCandles({
  count: 672,
  intervalMs: INTERVAL_MS,
  lastStart: Date.UTC(2026, 5, 12, 12),
  price: 60_000,
  seed: 41,
}).flatMap((candle, index, all): readonly Candle[] => {
  if ((index > 200 && index < 219) || index === 400) return [];
  const still = index >= 300 && index < 310 ? { close: all[299]?.close ?? candle.close } : {};
  const { close } = { ...candle, ...still };
  return [
    {
      ...candle,
      close,
      high: Math.max(candle.high, close),
      low: Math.min(candle.low, close),
      volume: index % 50 === 7 ? null : candle.volume,
    },
  ];
});

/**
 * Rows `(n, value)` as a part of a `with recursive`: first the mean of the first `period` values of a source, and then the previous value
 * combined with the new one by a weight.
 */
const smoothed = (name: string, source: string, period: number, weight: string): string => `
  ${name} (n, value) as (
    select max(n), avg(value) from (select n, value from ${source} order by n limit ${period}) as first
    union all
    select next.n, ${name}.value * (1 - ${weight}) + next.value * ${weight}
    from ${name} join ${source} as next on next.n = ${name}.n + 1
  )`;
const exponential = (name: string, source: string, period: number): string =>
  smoothed(name, source, period, `(2 / ${period + 1}::double precision)`);
const wilder = (name: string, source: string, period: number): string =>
  smoothed(name, source, period, `(1 / ${period}::double precision)`);

const CLOSES = 'closes as (select n, close as value from candles)';
const TRUE_RANGES = `
  ranges as (
    select n, greatest(high - low, abs(high - lag(close) over by_n), abs(low - lag(close) over by_n)) as value
    from candles window by_n as (order by n)
  )`;

/** For each indicator, its parameters if they differ from the defaults, and a query for the values of its lines by candle. */
const DEFINITIONS: Readonly<Record<string, { readonly params?: StudyParams; readonly sql: string }>> = {
  sma: {
    sql: `
      select case when count(*) over last = 20 then avg(close) over last end
      from candles window last as (order by n rows 19 preceding) order by n`,
  },
  ema: {
    sql: `
      with recursive ${CLOSES}, ${exponential('ema', 'closes', 20)}
      select ema.value from candles left join ema using (n) order by n`,
  },
  vwap: {
    sql: `
      select sum((high + low + close) / 3 * coalesce(volume, 0)) over today / nullif(sum(volume) over today, 0)
      from candles window today as (partition by start / 86400000 order by n) order by n`,
  },
  bollinger: {
    sql: `
      select case when is_full then middle + 2 * deviation end, case when is_full then middle end,
        case when is_full then middle - 2 * deviation end
      from (
        select n, count(*) over last = 20 as is_full, avg(close) over last as middle, stddev_pop(close) over last as deviation
        from candles window last as (order by n rows 19 preceding)
      ) as bands order by n`,
  },
  keltner: {
    sql: `
      with recursive ${CLOSES}, ${TRUE_RANGES}, ${exponential('middle', 'closes', 20)}, ${wilder('atr', 'ranges', 10)}
      select middle.value + 2 * atr.value, middle.value, middle.value - 2 * atr.value
      from candles left join middle using (n) left join atr using (n) order by n`,
  },
  rule: {
    params: { windowMinutes: 180, thresholdPct: 1.5 },
    // The closes of candles that ended in the three hours before this one began.
    sql: `
      select average * 1.015, average, average * 0.985
      from (
        select n, avg(close) over (
          order by start range between (7 * ${INTERVAL_MS} - 1)::bigint preceding and ${INTERVAL_MS}::bigint preceding
        ) as average
        from candles
      ) as averages order by n`,
  },
  rsi: {
    sql: `
      with recursive changes as (select n, close - lag(close) over (order by n) as change from candles),
        gains as (select n, greatest(change, 0) as value from changes where change is not null),
        losses as (select n, greatest(-change, 0) as value from changes where change is not null),
        ${wilder('gain', 'gains', 14)}, ${wilder('loss', 'losses', 14)}
      select 100 - 100 / (1 + gain.value / loss.value)
      from candles left join gain using (n) left join loss using (n) order by n`,
  },
  macd: {
    sql: `
      with recursive ${CLOSES}, ${exponential('fast', 'closes', 12)}, ${exponential('slow', 'closes', 26)},
        distances as (select n, fast.value - slow.value as value from fast join slow using (n)),
        ${exponential('signal', 'distances', 9)}
      select distances.value, signal.value, distances.value - signal.value
      from candles left join distances using (n) left join signal using (n) order by n`,
  },
  atr: {
    sql: `
      with recursive ${TRUE_RANGES}, ${wilder('atr', 'ranges', 14)}
      select atr.value from candles left join atr using (n) order by n`,
  },
  obv: {
    sql: `
      select sum(coalesce(sign(change), 0) * coalesce(volume, 0)) over (order by n)
      from (select n, volume, close - lag(close) over (order by n) as change from candles) as changes order by n`,
  },
  volatility: {
    sql: `
      select case when count(change) over last = 30 then
        100 * sqrt(avg(change ^ 2) over last * (extract(epoch from interval '8766 hours') / 1800)::double precision) end
      from (select n, ln(close / lag(close) over (order by n)) as change from candles) as changes
      window last as (order by n rows 29 preceding) order by n`,
  },
};

it("the chart's indicators equal those of SQL to 1e-9", () =>
  withDataDir(async (dataDir) => {
    const storage = openTestStorage(dataDir);
    await storage.untilReady();
    await withClient(await databaseUrlOf(dataDir), async (client) => {
      await storeCandles(client);
      for (const study of STUDIES) await compare(client, study);
    });
    await storage.stop(10_000);
  }));

async function storeCandles(client: Client): Promise<void> {
  await client.query(`
    create temporary table candles (
      n integer primary key, start bigint, high double precision, low double precision, close double precision,
      volume double precision
    )`);
  await client.query(
    `insert into candles
     select * from unnest($1::integer[], $2::bigint[], $3::double precision[], $4::double precision[],
       $5::double precision[], $6::double precision[])`,
    [
      CANDLES.map((_, index) => index),
      CANDLES.map(({ start }) => start),
      CANDLES.map(({ high }) => high),
      CANDLES.map(({ low }) => low),
      CANDLES.map(({ close }) => close),
      CANDLES.map(({ volume }) => volume),
    ],
  );
}

async function compare(client: Client, study: Study): Promise<void> {
  const definition = DEFINITIONS[study.id];
  if (definition === undefined) throw new Error(`${study.id} has no definition in SQL.`);
  const { params = {}, sql } = definition;
  const { rows } = await client.query<(number | null)[]>({ text: sql, rowMode: 'array' });
  const { values } = studyRun(study, params, INTERVAL_MS, 0).over(CANDLES);
  expect(rows, study.id).toHaveLength(CANDLES.length);
  for (const [line, found] of values.entries()) {
    const wanted = rows.map((row) => row[line] ?? null);
    const name = `${study.id}, ${study.lines[line]?.label}`;
    expect(wanted.filter((value) => value !== null).length, name).toBeGreaterThan(500);
    const wrong = wanted.flatMap((value, index) => {
      const one = found[index] ?? Number.NaN;
      const isSame =
        value === null ? Number.isNaN(one) : Math.abs(one - value) <= 1e-9 * Math.max(1, Math.abs(value));
      return isSame ? [] : [{ index, value, found: one }];
    });
    expect(wrong, name).toEqual([]);
  }
}
