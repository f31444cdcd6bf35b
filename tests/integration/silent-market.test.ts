import { expect, it } from 'vitest';
import { startDemoServer } from '../../demo/server.ts';
import { scaledClock } from '../../electron/monitor/time/clock.ts';
import {
  alertLines,
  environmentFor,
  openPage,
  type Program,
  startProgram,
  until,
  withFolder,
} from '../program.ts';

/** The market's time relative to real time. Slow enough that a delay on a busy machine is not taken for a sleep of a minute. */
const SPEED = 45;
const STEP_MS = 60_000;
const MINUTE_MS = 60_000;
const RULES = [
  { id: 'moving-average', kind: 'moving-average', enabled: false },
  { id: 'silent', kind: 'no-data', params: { minutes: 3 } },
];
const SILENCE = { endpoint: '/simple/price', fault: { kind: 'status', status: 503 } } as const;
const LINE =
  /Alert: \w+ has had no price for [3-9] min, nor has any of the other 2 coins\. \(price .* USD, silentMinutes [3-9]/;

it('raises one alert when a provider has no new prices, even if the program is restarted meanwhile', () =>
  withFolder(async (folder) => {
    const origin = Math.floor(Date.now() / STEP_MS) * STEP_MS;
    const clock = scaledClock(SPEED, origin);
    const market = await startDemoServer({ clock, seed: 'silent' });
    const environment = {
      ...environmentFor(folder, market.url, { speed: SPEED, origin, pollSeconds: 60 }),
      MONITOR_EXCHANGES: 'none',
      MONITOR_RULES: JSON.stringify(RULES),
      DATABASE_URL: 'postgresql://me@127.0.0.1:1/prices',
    };
    let program: Program | undefined;
    try {
      program = await startProgram(environment);
      let page = await openPage(program.url);
      const isLive = async () => (await page.status()).feed.status === 'live';
      await until(isLive);
      market.setFault(SILENCE);
      await until(() => alertLines(folder).length > 0);
      expect(alertLines(folder)[0]).toMatch(LINE);
      const { alerts } = await page.call('alerts', { limit: 10 });
      expect(alerts).toMatchObject([
        { rule: 'silent', direction: null, source: 'coingecko', figures: { coins: 3 } },
      ]);
      page.close();
      await program.end('SIGTERM');

      program = await startProgram(environment);
      page = await openPage(program.url);
      const startedAt = clock.now();
      await until(async () => (await page.status()).feed.status === 'offline');
      // Longer than the program waits for prices after a start.
      await until(() => clock.now() > startedAt + 4 * MINUTE_MS);
      market.clearFaults();
      await until(isLive);
      expect(alertLines(folder)).toHaveLength(1);
      page.close();
      expect((await program.end('SIGTERM')).code).toBe(0);
      program = undefined;
    } finally {
      await program?.end('SIGKILL');
      await market.close();
    }
  }));
