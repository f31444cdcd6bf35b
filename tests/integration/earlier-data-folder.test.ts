import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { alertLines, openPage, runCli, startProgram, until, withFolder } from '../program.ts';
import { queryUrl } from './storage-fixture.ts';

const FIXTURE = join(import.meta.dirname, '../fixtures/data-folder-a86b1b0');
const FILES = ['settings.json', 'alerts.txt', 'journal.sqlite', 'journal.sqlite-wal'];

type Expected = {
  readonly ticks: readonly (readonly [coinId: string, observedAt: number, price: number])[];
  /** Ids, oldest first. */
  readonly alerts: readonly string[];
};

describe('a data folder of an earlier version that was killed', () => {
  it('is migrated with all its contents', () =>
    withFolder(async (folder) => {
      for (const name of FILES) cpSync(join(FIXTURE, name), join(folder, name));
      const expected = JSON.parse(readFileSync(join(FIXTURE, 'expected.json'), 'utf8')) as Expected;
      const before = readFileSync(join(folder, 'alerts.txt'), 'utf8');
      expect(expected.alerts.length).toBeGreaterThan(alertLines(folder).length);

      const env = {
        MONITOR_DATA_DIR: folder,
        // Without new prices, everything that is found afterwards was in the folder.
        COINGECKO_BASE_URL: 'http://127.0.0.1:1',
        MONITOR_EXCHANGES: 'none',
        MONITOR_LOG_LEVEL: 'error',
      };
      for (const start of ['first', 'second']) {
        const program = await startProgram(env);
        const page = await openPage(program.url);
        await until(async () => {
          const { database, queue } = await page.status();
          return database.status === 'ready' && queue.waitingTicks === 0;
        });
        await until(() => alertLines(folder).length >= expected.alerts.length);

        const { vsCurrency, quotes, status, alertRule } = await page.call('snapshot', {});
        expect(alertRule).toEqual({ thresholdPct: 3, windowMinutes: 10 });
        expect(vsCurrency).toBe('eur');
        expect(quotes.map(({ coinId }) => coinId)).toEqual(['bitcoin', 'ethereum', 'zcash']);
        expect(status.queue.deadLetters).toBe(0);

        const url = (await runCli(['database-url', '--data-dir', folder])).stdout.trim();
        const ticks = await queryUrl<{ coin_id: string; observed_at: Date; price: number }>(
          url,
          'select coin_id, observed_at, price from ticks order by observed_at, coin_id',
        );
        expect(ticks.map((row) => [row.coin_id, row.observed_at.getTime(), row.price])).toEqual(
          expected.ticks.toSorted(([coin, at], [other, then]) => at - then || (coin < other ? -1 : 1)),
        );
        const [candles] = await queryUrl(
          url,
          `select (select sum(tick_count)::integer from candles_1m) as minutes,
                  (select sum(tick_count)::integer from candles_1h) as hours`,
        );
        expect(candles).toEqual({ minutes: ticks.length, hours: ticks.length });
        const alerts = await queryUrl<{ id: string }>(url, 'select id from alerts');
        expect(alerts.map(({ id }) => id).toSorted()).toEqual(expected.alerts.toSorted());
        const { alerts: onPage } = await page.call('alerts', { limit: 100 });
        expect(onPage.map(({ id }) => id).toSorted()).toEqual(expected.alerts.toSorted());

        page.close();
        expect((await program.end('SIGTERM')).code, `the ${start} start`).toBe(0);
        // Delivered lines are unchanged, and the rest follows, each once.
        expect(readFileSync(join(folder, 'alerts.txt'), 'utf8').startsWith(before)).toBe(true);
        expect(alertLines(folder)).toHaveLength(expected.alerts.length);
        expect(new Set(alertLines(folder)).size).toBe(expected.alerts.length);
        expect(deliveriesOf(folder)).toEqual(expected.alerts.toSorted().map((id) => `${id} delivered`));
      }

      const settings = readFileSync(join(folder, 'settings.json'), 'utf8');
      expect(settings).toContain('// mine');
    }));
});

function deliveriesOf(folder: string): readonly string[] {
  const logFile = new DatabaseSync(join(folder, 'journal.sqlite'), { readOnly: true });
  try {
    const rows = logFile.prepare('select alert_id, status from deliveries order by alert_id').all();
    return rows.map(({ alert_id, status }) => `${alert_id} ${status}`);
  } finally {
    logFile.close();
  }
}
