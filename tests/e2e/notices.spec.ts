import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import { startProgram, withFolder } from '../program.ts';

let market: DemoServer;

test.beforeAll(async () => {
  market = await startDemoServer({ clock: systemClock, seed: 'notices' });
});

test.afterAll(() => market.close());

test('reports what was invalid in settings.json at every start, until dismissed', async ({ page }) => {
  await withFolder(async (folder) => {
    const environment = {
      MONITOR_DATA_DIR: folder,
      COINGECKO_BASE_URL: market.url,
      MONITOR_EXCHANGES: 'none',
      DATABASE_URL: 'postgresql://127.0.0.1:1/prices', // no database is needed, and none exists
    };
    writeFileSync(join(folder, 'settings.json'), '{ "alertThresholdPct": 0, "alertWindowMinutes": 7 }');
    const notice = page
      .getByTestId('problem')
      .filter({ hasText: '"alertThresholdPct" must be at least 0.01' });

    let program = await startProgram(environment);
    await page.goto(program.url);
    await expect(notice).toContainText('settings.json.bad');
    await program.end('SIGTERM');

    program = await startProgram(environment);
    await page.goto(program.url);
    await notice.getByRole('button', { name: 'Dismiss' }).click();
    await expect(notice).toHaveCount(0);
    await page.reload();
    await expect(page.getByTestId('price-card').first()).toBeVisible();
    await expect(notice).toHaveCount(0);
    await program.end('SIGTERM');

    program = await startProgram(environment);
    await page.goto(program.url);
    await expect(page.getByTestId('price-card').first()).toBeVisible();
    await expect(notice).toHaveCount(0);
    await program.end('SIGTERM');
  });
});
