import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMarket } from '../../demo/market.ts';
import { ruleOf } from '../../electron/monitor/alerts/rule-fixture.ts';
import { backtest } from '../../electron/monitor/backtest/backtest.ts';
import { embeddedConnectionUrl } from '../../electron/monitor/store/postgres/embedded-url.ts';
import { readPrices } from '../../electron/monitor/store/reads/read-prices.ts';
import type { RuleParams } from '../../shared/domain/alert.ts';
import { createSeededRandom } from './seeded-random.ts';
import { openTestStorage, type TestStorage, tick, withClient } from './storage-fixture.ts';

/*
 * Compares the alerts of rules with alerts that SQL computes from the definitions in docs/rules.md. Prices are a minute apart, and the
 * cooldown is so short that it has no effect, so the comparison is about conditions and when they become true again.
 */

const MINUTE_MS = 60_000;
const DAYS = 8;
const MINUTES = DAYS * 24 * 60;
const START = Date.UTC(2026, 0, 5);
const COINS = ['bitcoin', 'zcash'] as const;
type Coin = (typeof COINS)[number];

/** A coin's prices in the simulated market, as the demo serves them. */
function demoPrices(): number[] {
  const market = createMarket({ seed: 'demo' });
  const coin = market.find('bitcoin');
  if (coin === undefined) throw new Error('the demo market has no bitcoin');
  return Array.from({ length: MINUTES }, (_, minute) => market.priceUsd(coin, START + minute * MINUTE_MS));
}

/** A file of minute candles like those that exchanges offer: calm and volatile hours, and occasional jumps. */
function csvOfMinutes(): string {
  const random = createSeededRandom(2026).next;
  let price = 40;
  const lines = Array.from({ length: MINUTES }, (_, minute) => {
    const wildness = 1 + 2 * Math.sin(minute / 500) ** 2;
    const jump = random() < 0.002 ? (random() - 0.5) * 0.08 : 0;
    price *= Math.exp(0.0012 * wildness * (random() + random() + random() - 1.5) + jump);
    return `${new Date(START + minute * MINUTE_MS).toISOString()},${price.toFixed(6)}`;
  });
  return `time,close\n${lines.join('\n')}\n`;
}

type Firing = { readonly at: number; readonly direction: string };

/** A query for the states of a condition by minute: 1 up, -1 down, 0 clearly over, null neither; as `states (at, state)`. */
type States = string;

/** The prices of a coin, numbered. */
const PRICES = `
  create temporary table prices as
    select row_number() over (order by observed_at) as number, observed_at as at, price from ticks
    where coin_id = $1 and vs_currency = 'usd' and source = 'coingecko'`;
const PRICE_KEYS =
  'create unique index on pg_temp.prices (number); create unique index on pg_temp.prices (at); analyze pg_temp.prices';

/** The times at which a condition becomes true: it was never true before, or was clearly over since. */
const onCrossing = (states: States): string => `
  with recursive ${states},
  known as (
    select at, state, lag(state) over (order by at) as before from states where state is not null
  )
  select extract(epoch from at)::double precision * 1000 as at, case state when 1 then 'up' else 'down' end as direction
  from known where state <> 0 and state is distinct from before order by at`;

/** All times at which a condition is true. */
const whileHolding = (states: States): string => `
  with recursive ${states}
  select extract(epoch from at)::double precision * 1000 as at, case state when 1 then 'up' else 'down' end as direction
  from states where state in (1, -1) order by at`;

const before = (length: string): string =>
  `(order by at range between interval '${length}' preceding and interval '1 microsecond' preceding)`;

/** The distance from an average: the condition is true beyond the threshold, and over below three quarters of it. */
const distanceStates = (thresholdPct: number): string => `
  states as (
    select at, case
      when distance > ${thresholdPct} then 1
      when distance < -${thresholdPct} then -1
      when abs(distance) < ${thresholdPct} * 0.75 then 0
    end as state
    from (select at, (price / mean - 1) * 100 as distance from averages where is_known) as known
  )`;

const simpleAverage = (minutes: number): string => `
  averages as (
    select number, at, price, avg(price) over earlier as mean,
      count(*) over earlier >= 3
        and max(at) over earlier - min(at) over earlier >= least(interval '1 minute', interval '${minutes} minutes' / 2) as is_known
    from prices window earlier as ${before(`${minutes} minutes`)}
  )`;

/**
 * A price has the weight of the time that it was the newest. The weight decays by a factor of e in half a window, and is ignored after 20
 * of these.
 */
const exponentialAverage = (minutes: number): string => `
  averages as (
    select newest.at, newest.price, mean, is_known
    from prices as newest
    cross join lateral (
      select sum(past.price * weight) / sum(weight) as mean,
        count(*) >= 3 and max(past.at) - min(past.at) >= least(interval '1 minute', interval '${minutes} minutes' / 2) as is_known
      from prices as past
      join prices as next on next.number = past.number + 1
      cross join lateral (
        select exp(extract(epoch from next.at - newest.at)::double precision / ${minutes * 30})
          - exp(extract(epoch from past.at - newest.at)::double precision / ${minutes * 30})
      ) as weighed (weight)
      where past.at < newest.at and past.at >= newest.at - 10 * interval '${minutes} minutes'
    ) as earlier
  )`;

/** The rows that a recursion over prices or closes uses, numbered. */
const bars = (minutes: number): string => `
  bars as (
    select row_number() over (order by bar) as number, close, next_at from (
      select distinct on (bar) bar, price as close, next_at from (
        select date_bin(interval '${minutes} minutes', at, 'epoch') as bar, at, price, lead(at) over (order by at) as next_at from prices
      ) as placed order by bar, at desc
    ) as closed where next_at is not null
  )`;

const CASES: readonly (readonly [name: string, kind: string, params: RuleParams, sql: string])[] = [
  [
    'the distance from a simple average',
    'moving-average',
    { thresholdPct: 0.8, windowMinutes: 5 },
    whileHolding(`${simpleAverage(5)}, ${distanceStates(0.8)}`),
  ],
  [
    'the distance from a simple average of hours',
    'moving-average',
    { thresholdPct: 2, windowMinutes: 600 },
    whileHolding(`${simpleAverage(600)}, ${distanceStates(2)}`),
  ],
  [
    'the distance from an exponential average',
    'moving-average',
    { thresholdPct: 1, windowMinutes: 10, average: 'exponential' },
    whileHolding(`${exponentialAverage(10)}, ${distanceStates(1)}`),
  ],
  [
    'a change within an hour',
    'change',
    { changePct: 2, withinMinutes: 60 },
    onCrossing(`
        extremes as (
          select at, (price / min(price) over earlier - 1) * 100 as rise, (1 - price / max(price) over earlier) * 100 as fall
          from prices window earlier as ${before('60 minutes')}
        ),
        states as (
          select at, case
            when greatest(rise, fall) > 2 then case when rise >= fall then 1 else -1 end
            when greatest(rise, fall) < 1.5 then 0
          end as state
          from extremes
        )`),
  ],
  [
    'a new high or low of six hours',
    'high-low',
    { hours: 6, rearmPct: 0.5 },
    onCrossing(`
        extremes as (
          select at, price, max(price) over earlier as high, min(price) over earlier as low,
            at - min(at) over () >= interval '6 hours' as is_known
          from prices window earlier as ${before('6 hours')}
        ),
        states as (
          select at, case
            when price > high then 1
            when price < low then -1
            when price < high * 0.995 and price > low * 1.005 then 0
          end as state
          from extremes where is_known
        )`),
  ],
  [
    'a drawdown',
    'drawdown',
    { drawdownPct: 3, hours: 8 },
    onCrossing(`
        states as (
          select at, case when depth > 3 then -1 when depth < 2.25 then 0 end as state
          from (select at, (1 - price / max(price) over earlier) * 100 as depth
            from prices window earlier as ${before('8 hours')}) as depths
        )`),
  ],
  [
    'an unusual move',
    'unusual-move',
    { score: 4, windowMinutes: 5, halfLifeHours: 6, floorPct: 0.3 },
    onCrossing(`
        ${simpleAverage(5)},
        -- The variance after each number of returns; the first ones have equal weights.
        variances (number, variance) as (
          select 1::bigint, ln(second.price / first.price) ^ 2
          from prices as first, prices as second where first.number = 1 and second.number = 2
          union all
          select variances.number + 1, variance
            + greatest(1 - 2 ^ (-1 / (6 * 60.0)), 1.0 / (variances.number + 1))::double precision
            * (ln(next.price / newest.price) ^ 2 - variance)
          from variances
          join prices as newest on newest.number = variances.number + 1
          join prices as next on next.number = variances.number + 2
        ),
        scores as (
          select at, (price / mean - 1) * 100 as distance,
            abs(price / mean - 1) / sqrt(variance * (6 * 11 / 30.0)::double precision) as z
          from averages
          -- A minute counts after the price that follows it was compared.
          join variances on variances.number = averages.number - 3
          where variances.number >= 60
        ),
        states as (
          select at, case
            when z > 4 and abs(distance) > 0.3 then sign(distance)::integer
            when z < 3 or abs(distance) < 0.225 then 0
          end as state
          from scores
        )`),
  ],
  [
    'RSI',
    'rsi',
    { period: 14, barMinutes: 15, over: 65, under: 35 },
    onCrossing(`
        ${bars(15)},
        changes as (
          select number, next_at, close - lag(close) over (order by number) as change from bars
        ),
        -- Wilder's averages: plain ones of the first 14 changes, then a fourteenth of each new one.
        wilder (number, gain, loss) as (
          select 15::bigint, avg(greatest(change, 0)), avg(greatest(-change, 0)) from changes where number between 2 and 15
          union all
          select wilder.number + 1, (gain * 13 + greatest(change, 0)) / 14, (loss * 13 + greatest(-change, 0)) / 14
          from wilder join changes on changes.number = wilder.number + 1
        ),
        states as (
          select next_at as at, case when rsi > 65 then 1 when rsi < 35 then -1 when rsi between 40 and 60 then 0 end as state
          from (select next_at, 100 - 100 / (1 + gain / loss) as rsi from wilder join changes using (number)) as indices
        )`),
  ],
  [
    'MACD',
    'macd',
    { fast: 12, slow: 26, signal: 9, barMinutes: 15 },
    onCrossing(`
        ${bars(15)},
        fast (number, value) as (
          select 12::bigint, avg(close) from bars where number <= 12
          union all
          select fast.number + 1, value + 2 / 13.0::double precision * (close - value) from fast join bars on bars.number = fast.number + 1
        ),
        slow (number, value) as (
          select 26::bigint, avg(close) from bars where number <= 26
          union all
          select slow.number + 1, value + 2 / 27.0::double precision * (close - value) from slow join bars on bars.number = slow.number + 1
        ),
        lines as (select number, fast.value - slow.value as macd from fast join slow using (number)),
        signals (number, value) as (
          select 34::bigint, avg(macd) from lines where number <= 34
          union all
          select signals.number + 1, value + 2 / 10.0::double precision * (macd - value)
          from signals join lines on lines.number = signals.number + 1
        ),
        histograms as (
          select next_at as at, macd - signals.value as now, lag(macd - signals.value) over (order by number) as earlier
          from lines join signals using (number) join bars using (number)
        ),
        states as (
          select at, case when earlier <= 0 and now > 0 then 1 when earlier >= 0 and now < 0 then -1 end as state from histograms
        )`),
  ],
];

/** A rise above a level counts after a price far enough below it, or if the first price was below it; a fall likewise. */
const LEVEL = `
  with sided as (
    select at, price, $1::double precision as level, row_number() over (order by at) = 1 as is_first from prices
  ),
  armed as (
    select at, price, level,
      count(*) filter (where price <= level * 0.995 or (is_first and price < level)) over (order by at) as lows,
      count(*) filter (where price >= level * 1.005 or (is_first and price > level)) over (order by at) as highs
    from sided
  ),
  crossings as (
    select min(at) as at, 'up' as direction from armed where price > level and lows > 0 group by lows
    union all
    select min(at), 'down' from armed where price < level and highs > 0 group by highs
  )
  select extract(epoch from at)::double precision * 1000 as at, direction from crossings order by at`;

describe('a backtest on stored prices', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'backtest-sql-'));
  const csv = join(dataDir, 'minutes.csv');
  let storage: TestStorage;

  beforeAll(async () => {
    storage = openTestStorage(dataDir);
    await storage.untilReady();
    writeFileSync(csv, csvOfMinutes());
    const imported = readFileSync(csv, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => Number(line.split(',')[1]));
    for (const [coinId, prices] of [
      ['bitcoin', demoPrices()],
      ['zcash', imported],
    ] as const) {
      const ticks = prices.map((price, minute) =>
        tick({
          coinId,
          observedAt: START + minute * MINUTE_MS,
          price,
          amount: minute % 3 === 0 ? null : minute / 8,
        }),
      );
      for (let from = 0; from < ticks.length; from += 5_000)
        await storage.accept({ ticks: ticks.slice(from, from + 5_000), alerts: [] });
    }
    await storage.untilWritten();
  });

  afterAll(async () => {
    await storage.stop(10_000);
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  const compare = async (
    coinId: Coin,
    kind: string,
    params: RuleParams,
    find: (client: Client) => Promise<readonly Firing[]>,
  ): Promise<void> =>
    withClient(await embeddedConnectionUrl(dataDir), async (client) => {
      await client.query("set time zone 'UTC'");
      await client.query(PRICES, [coinId]);
      await client.query(PRICE_KEYS);
      const range = {
        coinId,
        vsCurrency: 'usd',
        source: 'coingecko',
        from: START,
        to: START + MINUTES * MINUTE_MS,
      };
      const columns = await readPrices(client, range);
      if (columns === null) throw new Error('there are no prices');
      expect(columns.times).toHaveLength(MINUTES);
      const series = { coinId, vsCurrency: 'usd', ...columns, warmUp: 0 };
      const alerts = backtest(ruleOf(kind, params, { cooldownMinutes: 1 }), series);
      const found = alerts.map(({ observedAt, direction }) => ({ at: observedAt, direction }));
      const expected = await find(client);
      // Enough alerts, in both directions if the rule has two.
      expect(expected.length).toBeGreaterThan(4);
      expect(found).toEqual(expected);
    });

  it('reads stored prices from an inclusive to an exclusive time, in slices of any length', async () =>
    withClient(await embeddedConnectionUrl(dataDir), async (client) => {
      const [from, to] = [START + 100 * MINUTE_MS, START + 9_000 * MINUTE_MS];
      const key = { coinId: 'zcash', vsCurrency: 'usd' };
      const { rows } = await client.query<{ at: number; price: number; amount: number | null }>(
        `select extract(epoch from observed_at)::double precision * 1000 as at, price, amount from ticks
         where coin_id = 'zcash' and observed_at >= $1::timestamptz and observed_at < $2::timestamptz order by observed_at`,
        [new Date(from).toISOString(), new Date(to).toISOString()],
      );
      for (const sliceMs of [MINUTE_MS, 1_234_567, 8_900 * MINUTE_MS]) {
        const columns = await readPrices(client, { ...key, from, to }, sliceMs);
        expect(columns?.source).toBe('coingecko');
        expect([...(columns?.times ?? [])]).toEqual(rows.map(({ at }) => at));
        expect([...(columns?.prices ?? [])]).toEqual(rows.map(({ price }) => price));
        expect([...(columns?.amounts ?? [])]).toEqual(rows.map(({ amount }) => amount ?? Number.NaN));
      }
      expect(await readPrices(client, { ...key, from: to, to: to + 1 })).not.toBeNull();
      expect(await readPrices(client, { ...key, from: 0, to: START })).toBeNull();
      expect(await readPrices(client, { ...key, coinId: 'none', from, to })).toBeNull();
    }));

  for (const coinId of COINS) {
    describe(coinId === 'bitcoin' ? 'of the demo market' : 'of an imported file of minute candles', () => {
      it.each(CASES)('equals SQL for %s', (_, kind, params, sql) =>
        compare(coinId, kind, params, async (client) => (await client.query<Firing>(sql)).rows),
      );

      it('equals SQL for crossings of a level', async () => {
        const url = await embeddedConnectionUrl(dataDir);
        const level = await withClient(url, async (client) => {
          const { rows } = await client.query<{ level: number }>(
            'select percentile_cont(0.5) within group (order by price) as level from ticks where coin_id = $1',
            [coinId],
          );
          return Number(rows[0]?.level.toPrecision(4));
        });
        await compare(
          coinId,
          'level',
          { level, hysteresisPct: 0.5 },
          async (client) => (await client.query<Firing>(LEVEL, [level])).rows,
        );
      });
    });
  }
});
