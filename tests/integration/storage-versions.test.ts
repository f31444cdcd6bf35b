import { describe, expect, it } from 'vitest';
import { INTERVALS } from '../../shared/domain/interval.ts';
import { findPostgres } from '../counterparts/postgres.ts';
import { startOwnPostgres } from './own-postgres.ts';
import {
  alert,
  candlesByDefinition,
  openTestStorage,
  queryUrl,
  tick,
  withDataDir,
} from './storage-fixture.ts';

const START = Date.UTC(2026, 0, 1);

describe('storage on a PostgreSQL of another version', () => {
  it.for([14, 15, 16, 17])(
    'writes and reads as on the embedded version: PostgreSQL %i',
    async (major, context) => {
      const bin = findPostgres(major);
      if (bin === null) return context.skip(`PostgreSQL ${major} is not there: run npm run counterparts`);
      const server = await startOwnPostgres(bin);
      const url = server.adminUrl;
      try {
        await withDataDir(async (dataDir) => {
          expect(
            await queryUrl(url, `select current_setting('server_version_num')::integer / 10000 as major`),
          ).toEqual([{ major }]);
          const storage = openTestStorage(dataDir, url);
          const ticks = Array.from({ length: 500 }, (_, step) =>
            tick({ observedAt: START + step * 613_000, price: 100 + Math.sin(step) * 10 }),
          );
          const alerts = [alert({ id: 'one', observedAt: START })];
          // Twice, as after a crash: the second time, everything exists already.
          for (let time = 0; time < 2; time++) {
            await storage.accept({ ticks, alerts });
            await storage.untilWritten();
          }
          expect(storage.databaseState()).toEqual({ status: 'ready', kind: 'external' });
          for (const interval of INTERVALS) {
            const { candles } = await storage.candles({
              coinId: 'bitcoin',
              vsCurrency: 'usd',
              interval,
              limit: 1_000,
              before: START + 1e9,
            });
            expect(candles, interval).toEqual(candlesByDefinition(ticks, interval));
          }
          await storage.stop(10_000);
          expect(await queryUrl(url, 'select sum(tick_count)::integer as ticks from ohlcv_daily')).toEqual([
            { ticks: 500 },
          ]);
          expect(await queryUrl(url, 'select id from alerts')).toEqual([{ id: 'one' }]);
        });
      } finally {
        await server.close();
      }
    },
  );
});
