import { describe, expect, it } from 'vitest';
import { makeDatabaseAsOf } from './database-as-of.ts';
import { openTestStorage, queryEmbedded, tick, withDataDir } from './storage-fixture.ts';

const START = Date.UTC(2026, 0, 5, 12);
const NOON = new Date(START).toISOString();

const ROWS_WITHOUT_AMOUNTS = `
  insert into ticks (coin_id, vs_currency, observed_at, price, volume_24h, market_cap, source) values
    ('bitcoin', 'usd', '${NOON}', 60000, null, null, 'kraken'),
    ('bitcoin', 'usd', '${NOON}', 60001, 1e9, 1e12, 'coingecko');
  insert into candles_1m
    (coin_id, vs_currency, source, bucket, open, open_at, high, low, close, close_at, tick_count, volume_24h)
    select coin_id, vs_currency, source, observed_at, price, observed_at, price, price, price, observed_at, 1, volume_24h
    from ticks;
  insert into candles_1h
    (coin_id, vs_currency, source, bucket, open, open_at, high, low, close, close_at, tick_count, volume_24h)
    select coin_id, vs_currency, source, bucket, open, open_at, high, low, close, close_at, tick_count, volume_24h
    from candles_1m;
  refresh materialized view ohlcv_daily;
  create role "a Reader";
  grant select on ohlcv_daily to "a Reader", public;`;

describe('a database of the version without amounts', () => {
  it('keeps its rows and grants, and stores amounts from then on', () =>
    withDataDir(async (dataDir) => {
      await makeDatabaseAsOf(dataDir, 2, ROWS_WITHOUT_AMOUNTS);
      const storage = openTestStorage(dataDir);
      await storage.untilReady();
      const rows = () =>
        queryEmbedded(
          dataDir,
          `select source, price, volume_24h, market_cap, amount from ticks order by observed_at, source`,
        );
      const before = [
        { source: 'coingecko', price: 60_001, volume_24h: 1e9, market_cap: 1e12, amount: null },
        { source: 'kraken', price: 60_000, volume_24h: null, market_cap: null, amount: null },
      ];
      expect(await rows()).toEqual(before);
      const days = () =>
        queryEmbedded(
          dataDir,
          `select source, day::text, open, high, low, close, tick_count::integer, volume_24h, traded
           from ohlcv_daily order by source`,
        );
      const day = (source: string, price: number, volume_24h: number | null) => ({
        source,
        day: '2026-01-05',
        open: price,
        high: price,
        low: price,
        close: price,
        tick_count: 1,
        volume_24h,
        traded: null,
      });
      expect(await days()).toEqual([day('coingecko', 60_001, 1e9), day('kraken', 60_000, null)]);
      expect(
        await queryEmbedded(
          dataDir,
          `select has_table_privilege('a Reader', 'ohlcv_daily', 'select') as reader,
                  (select count(*) from pg_class, aclexplode(relacl)
                   where relname = 'ohlcv_daily' and grantee = 0)::integer as public`,
        ),
      ).toEqual([{ reader: true, public: 1 }]);

      const trade = { observedAt: START + 1_000, price: 60_000, amount: 0.25, source: 'kraken' };
      await storage.accept({ ticks: [tick(trade)], alerts: [] });
      await storage.untilWritten();
      expect(await rows()).toEqual([...before, { ...before[1], amount: 0.25 }]);
      await storage.stop(10_000);
      const again = openTestStorage(dataDir);
      await again.untilReady();
      expect(await days()).toEqual([
        day('coingecko', 60_001, 1e9),
        { ...day('kraken', 60_000, null), tick_count: 2, traded: 0.25 },
      ]);
      await again.stop(10_000);
    }));

  it('is not changed while an object depends on the daily view, and is migrated afterwards', () =>
    withDataDir(async (dataDir) => {
      await makeDatabaseAsOf(dataDir, 2, 'create view closes as select day, close from ohlcv_daily');
      const storage = openTestStorage(dataDir);
      await storage.accept({ ticks: [tick({ observedAt: START, amount: 0.25 })], alerts: [] });
      expect(await storage.untilDown()).toMatch(
        /ohlcv_daily because other objects depend on it\. Drop them: view closes depends on/,
      );
      await queryEmbedded(dataDir, 'drop view closes');
      await storage.untilWritten();
      expect(await queryEmbedded(dataDir, 'select amount from ticks')).toEqual([{ amount: 0.25 }]);
      await storage.stop(10_000);
    }));
});

describe('a database of the version that kept a sentence for each alert', () => {
  it('returns its alerts with kind, parameters, severity and direction', () =>
    withDataDir(async (dataDir) => {
      await makeDatabaseAsOf(
        dataDir,
        4,
        `insert into alerts (id, rule, coin_id, vs_currency, source, observed_at, price, message, figures) values
           ('a', 'moving-average', 'bitcoin', 'usd', 'kraken', '${NOON}', 97,
            'price changed by more than 2.5% from the 7-min average', '{"average": 100, "changePct": -3}'),
           ('b', 'of-another-version', 'bitcoin', 'usd', 'kraken', '${NOON}', 97, 'it happened', '{}')`,
      );
      const storage = openTestStorage(dataDir);
      await storage.untilReady();
      const shared = { coinId: 'bitcoin', vsCurrency: 'usd', source: 'kraken', observedAt: START, price: 97 };
      expect(await storage.alerts({ limit: 5 })).toEqual([
        {
          ...shared,
          id: 'b',
          rule: 'of-another-version',
          kind: 'of-another-version',
          params: {},
          severity: 'warning',
          direction: null,
          figures: {},
        },
        {
          ...shared,
          id: 'a',
          rule: 'moving-average',
          kind: 'moving-average',
          params: { thresholdPct: 2.5, windowMinutes: 7 },
          severity: 'warning',
          direction: 'down',
          figures: { average: 100, changePct: -3 },
        },
      ]);
      await storage.stop(10_000);
    }));
});

describe('a database of the version whose key of days did not have their prices', () => {
  const DAYS = `
    insert into series (coin_id, vs_currency, source) values ('bitcoin', 'usd', 'kraken');
    insert into series_candles_1d (series_id, bucket, open, open_at, high, low, close, close_at, tick_count, traded)
    select 1, day, 10, day, 12, 8, 11, day + interval '23 hours', 2, 0.5
    from generate_series(timestamptz '2025-12-22T00:00:00Z', timestamptz '2026-01-04T00:00:00Z', interval '1 day') as day`;

  it('keeps its days, adds new ones, and refuses a second row of the same day', () =>
    withDataDir(async (dataDir) => {
      await makeDatabaseAsOf(dataDir, 12, DAYS);
      const storage = openTestStorage(dataDir);
      const trade = { price: 20, amount: 0.25, source: 'kraken' };
      const ticks = [tick({ ...trade, observedAt: START }), tick({ ...trade, observedAt: START + 1_000 })];
      await storage.accept({ ticks, alerts: [] });
      await storage.untilWritten();
      const { candles } = await storage.candles({
        ...{ coinId: 'bitcoin', vsCurrency: 'usd', interval: '1w', limit: 5, before: START + 60_000 },
        volumeKind: 'traded',
      });
      const earlier = { open: 10, high: 12, low: 8, close: 11, volume: 3.5, tickCount: 14 };
      const now = { open: 20, high: 20, low: 20, close: 20, volume: 0.5, tickCount: 2 };
      expect(candles).toMatchObject([
        { start: Date.UTC(2025, 11, 22), ...earlier },
        { start: Date.UTC(2025, 11, 29), ...earlier },
        { start: Date.UTC(2026, 0, 5), ...now },
      ]);
      expect(
        await queryEmbedded(
          dataDir,
          `select conname, indnkeyatts, indnatts, relnatts, indisprimary
           from pg_constraint
           join pg_index on indexrelid = conindid
           join pg_class on pg_class.oid = indrelid
           where conrelid = 'series_candles_1d'::regclass and contype = 'p'`,
        ),
      ).toEqual([
        { conname: 'series_candles_1d_pkey', indnkeyatts: 2, indnatts: 11, relnatts: 11, indisprimary: true },
      ]);
      await expect(queryEmbedded(dataDir, DAYS.slice(DAYS.lastIndexOf('insert')))).rejects.toThrow(
        'series_candles_1d_pkey',
      );
      await storage.stop(10_000);
    }));

  it('is not changed while a view depends on the key, and is migrated afterwards', () =>
    withDataDir(async (dataDir) => {
      await makeDatabaseAsOf(
        dataDir,
        12,
        'create view highs as select series_id, bucket, high from series_candles_1d group by series_id, bucket',
      );
      const storage = openTestStorage(dataDir);
      await storage.accept({ ticks: [tick({ observedAt: START })], alerts: [] });
      expect(await storage.untilDown()).toMatch(/Drop them: view highs depends on/);
      await queryEmbedded(dataDir, 'drop view highs');
      await storage.untilWritten();
      expect(await queryEmbedded(dataDir, 'select tick_count from series_candles_1d')).toEqual([
        { tick_count: 1 },
      ]);
      await storage.stop(10_000);
    }));
});
