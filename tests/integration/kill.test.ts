import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { startDemoServer } from '../../demo/server.ts';
import { scaledClock } from '../../electron/monitor/time/clock.ts';
import { resolvedId } from '../../shared/domain/alert.ts';
import {
  alertLines,
  environmentFor,
  openPage,
  type Program,
  runCli,
  startProgram,
  until,
  withFolder,
} from '../program.ts';
import { killsOr, printCounts } from './kills.ts';
import { queryUrl } from './storage-fixture.ts';

/** Fast enough for alerts, and slow enough that a pause of the machine by a second is not taken for an error in the providers' time. */
const SPEED = 100;
const POLL_SECONDS = 10; // ten requests a second
const COINS = 20;
const KILLS = killsOr(6);
/** The program is killed between these two times after it was spawned; the first is during its start. */
const EARLIEST_KILL_MS = 50;
const LATEST_KILL_MS = 2_500;

/** At most this many responses can be in flight when a program is killed: served but not yet accepted. */
const UNDER_WAY = 2;

describe('a program that is killed at random moments', () => {
  it('neither loses nor duplicates what it accepted', { timeout: 300_000 + KILLS * 20_000 }, async () => {
    await withFolder(async (folder) => {
      const origin = Date.now();
      const market = await startDemoServer({
        clock: scaledClock(SPEED, origin),
        seed: 'kill',
        stepMs: 1_000,
        jumpsPerDay: 1_200,
        record: true,
      });
      const coins = market.market.coins.slice(0, COINS).map(({ id }) => id);
      const env = {
        ...environmentFor(folder, market.url, { speed: SPEED, origin, pollSeconds: POLL_SECONDS }),
        MONITOR_COINS: coins.join(','),
      };
      let program: Program | undefined;
      /** The number of prices that had been served at each kill. */
      const servedAtKill: number[] = [];
      let ticks = 0;
      try {
        for (let kill = 0; kill < KILLS; kill++) {
          program = await startProgram(env, [], 'new');
          const delay = EARLIEST_KILL_MS + Math.random() * (LATEST_KILL_MS - EARLIEST_KILL_MS);
          await new Promise((resolve) => setTimeout(resolve, delay));
          await program.end('SIGKILL');
          servedAtKill.push(market.served().length);
        }
        program = await startProgram(env, [], 'new');
        const page = await openPage(program.url);
        await until(async () => (await page.status()).database.status === 'ready');
        const servedBefore = market.served().length;
        await until(() => market.served().length > servedBefore + 10 * COINS);
        // The last start is not killed, because only a run that is long enough to fill a window of five minutes is sure to raise alerts.
        await until(() => alertLines(folder).length > 0);
        page.close();
        const url = (await runCli(['database-url', '--data-dir', folder])).stdout.trim();
        // Nothing more is served, so that the counts below do not change.
        market.setFault({ endpoint: '/simple/price', fault: { kind: 'status', status: 503 } });
        await until(async () => {
          const again = await openPage(program?.url ?? '');
          const { feed, queue } = await again.status();
          again.close();
          return feed.status === 'offline' && queue.waitingTicks === 0;
        });

        const rows = await queryUrl<{
          coin_id: string;
          vs_currency: string;
          observed_at: Date;
          price: number;
        }>(url, 'select coin_id, vs_currency, observed_at, price from ticks');
        const stored = new Set(
          rows.map((row) => [row.coin_id, row.vs_currency, row.observed_at.getTime(), row.price].join(' ')),
        );
        const served = market
          .served()
          .map((one) => [one.coinId, one.vsCurrency, one.lastUpdatedAt, one.price].join(' '));
        expect(rows).toHaveLength(stored.size);
        expect([...stored].filter((key) => !served.includes(key))).toEqual([]);
        const lost = served.flatMap((key, index) => (stored.has(key) ? [] : [index]));
        const underWay = (index: number): boolean =>
          [...servedAtKill, served.length].some(
            (count) => index < count && index >= count - UNDER_WAY * COINS,
          );
        expect(lost.filter((index) => !underWay(index))).toEqual([]);

        const [sums] = await queryUrl<{ ticks: string; minutes: string; hours: string }>(
          url,
          `select (select count(*) from ticks) as ticks,
                  (select sum(tick_count) from candles_1m) as minutes,
                  (select sum(tick_count) from candles_1h) as hours`,
        );
        ticks = rows.length;
        expect(sums).toEqual({
          ticks: String(ticks),
          minutes: String(rows.length),
          hours: String(rows.length),
        });

        const { code } = await program.end('SIGTERM');
        program = undefined;
        expect(code).toBe(0);
      } finally {
        await program?.end('SIGKILL');
        await market.close();
      }

      // The file and the database contain the same alerts, each once.
      const { alerts, lines, kept, deliveries } = await alertsAfterwards(folder, env);
      expect(new Set(lines).size).toBe(lines.length);
      expect(alerts.map(({ line }) => line).toSorted()).toEqual(lines.toSorted());
      expect(lines.length).toBeGreaterThan(0);

      // In addition to alerts, the log may contain events of their resolution.
      const ids = new Set(alerts.map(({ id }) => id));
      const resolvedIds = new Set(
        alerts.flatMap(({ id, is_resolved }) => (is_resolved ? [resolvedId(id)] : [])),
      );
      expect(kept.filter((id) => !ids.has(id) && !resolvedIds.has(id))).toEqual([]);
      // Every channel has delivered exactly these alerts. None is configured to receive the events.
      const keptAlerts = kept.filter((id) => ids.has(id));
      expect([...deliveries.keys()]).toContain('alerts-file');
      for (const [channel, delivered] of deliveries) {
        expect(delivered.map(({ alert_id }) => alert_id).toSorted(), `alerts on ${channel}`).toEqual(
          keptAlerts.toSorted(),
        );
        expect(delivered.filter(({ status }) => status !== 'delivered')).toEqual([]);
      }
      printCounts({ 'kills of the program': KILLS, ticks, 'alerts in table and file': lines.length });
    });
  });
});

/** Starts the program once more without a market, to inspect its data. */
async function alertsAfterwards(folder: string, env: Readonly<Record<string, string>>) {
  const program = await startProgram(env, [], 'new');
  try {
    const page = await openPage(program.url);
    await until(async () => (await page.status()).database.status === 'ready');
    page.close();
    const url = (await runCli(['database-url', '--data-dir', folder])).stdout.trim();
    const rows = await queryUrl<{ id: string; coin_id: string; observed_at: Date; is_resolved: boolean }>(
      url,
      'select id, coin_id, observed_at, resolved_at is not null as is_resolved from alerts',
    );
    await program.end('SIGTERM');
    const alerts = rows.map(({ id, coin_id, observed_at, is_resolved }) => ({
      id,
      is_resolved,
      line: `${observed_at.toISOString()} ${coin_id}`,
    }));
    const lines = alertLines(folder).map((line) => line.replace(/ - Alert: (\S+) .*$/, ' $1'));
    return { alerts, lines, ...outboxOf(folder) };
  } finally {
    await program.end('SIGTERM');
  }
}

/** The alerts that the log still contains, with the state of each on each channel. */
function outboxOf(folder: string) {
  const logFile = new DatabaseSync(join(folder, 'journal.sqlite'), { readOnly: true });
  try {
    const kept = logFile.prepare('select id from alerts').all();
    const deliveries = logFile.prepare('select channel, alert_id, status from deliveries').all();
    return {
      kept: kept.map(({ id }) => String(id)),
      deliveries: Map.groupBy(deliveries, ({ channel }) => String(channel)),
    };
  } finally {
    logFile.close();
  }
}
