import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Interval } from '../../shared/domain/interval.ts';
import type { Tick } from '../../shared/domain/tick.ts';
import { type OwnPostgres, startOwnPostgres } from './own-postgres.ts';
import { candlesByDefinition, openTestStorage, queryUrl, tick, withDataDir } from './storage-fixture.ts';

const INTERVALS: readonly Interval[] = ['1m', '5m', '90m', '1h', '4h', '1d', '3d', '1w', '2w'];
const HOUR_MS = 3_600_000;

/** Instants at which calendars change: ends of months, of years, of a leap February, and daylight saving time of three zones. */
const TURNS = [
  Date.UTC(2023, 11, 31, 24),
  Date.UTC(2024, 1, 29, 0),
  Date.UTC(2024, 2, 1, 0),
  Date.UTC(2025, 2, 9, 7), // New York, forward
  Date.UTC(2025, 2, 30, 1), // Europe, forward
  Date.UTC(2025, 9, 26, 1), // Europe, back
  Date.UTC(2025, 10, 2, 6), // New York, back
  Date.UTC(2026, 3, 4, 15), // Lord Howe, back by half an hour
  Date.UTC(2026, 11, 31, 24),
];

/** The time of a tick near a turn. The time determines the tick, so that a tick can be repeated. */
const nearTurn = fc
  .tuple(fc.constantFrom(...TURNS), fc.integer({ min: -40, max: 40 }), fc.integer({ min: -2, max: 2 }))
  .map(([turn, quarters, ms]) => turn + quarters * 15 * 60_000 + ms);

function tickAt(coinId: string, observedAt: number): Tick {
  return tick({
    coinId,
    observedAt,
    price: 100 + Math.sin(observedAt / 1e6) * 50,
    volume24h: observedAt % 1_000,
  });
}

describe('candles around calendar boundaries', () => {
  let server: OwnPostgres;
  beforeAll(async () => {
    server = await startOwnPostgres();
  });
  afterAll(() => server.close());

  it.each(['UTC', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu'])(
    'are in UTC on a server in the zone %s, for any order, repetition and lateness of ticks',
    (zone) =>
      withDataDir(async (dataDir) => {
        const database = `zone_${zone.replaceAll('/', '_').toLowerCase()}`;
        await queryUrl(server.adminUrl, `create database ${database}`);
        await queryUrl(server.adminUrl, `alter database ${database} set timezone = '${zone}'`);
        const storage = openTestStorage(dataDir, server.adminUrl.replace('/postgres?', `/${database}?`));
        let run = 0;
        const batches = fc.array(fc.array(nearTurn, { minLength: 1, maxLength: 30 }), {
          minLength: 1,
          maxLength: 4,
        });
        await fc.assert(
          fc.asyncProperty(batches, async (given) => {
            const coinId = `coin-${run++}`;
            // The last batch is repeated, as after a crash.
            for (const times of [...given, ...given.slice(-1)]) {
              await storage.accept({ ticks: times.map((at) => tickAt(coinId, at)), alerts: [] });
              await storage.untilWritten();
            }
            const all = given.flat().map((at) => tickAt(coinId, at));
            for (const interval of INTERVALS) {
              const query = { coinId, vsCurrency: 'usd', interval, limit: 1_000 };
              const { candles } = await storage.candles({
                ...query,
                before: Math.max(...TURNS) + 24 * HOUR_MS,
              });
              expect(candles, `${interval} of ${coinId}`).toEqual(candlesByDefinition(all, interval));
            }
          }),
          { numRuns: 8 },
        );
        await storage.stop(10_000);
      }),
  );
});
