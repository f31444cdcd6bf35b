import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { scaledClock } from '../../electron/monitor/time/clock.ts';
import { environmentFor, type Program, startProgram } from '../program.ts';

const SPEED = 60;

let folder: string;
let market: DemoServer;
let program: Program;

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'read-only-'));
  const origin = Date.now();
  market = await startDemoServer({
    clock: scaledClock(SPEED, origin),
    seed: 'read-only',
    jumpsPerDay: 2_000,
  });
  program = await startProgram({
    ...environmentFor(folder, market.url, { speed: SPEED, origin, pollSeconds: 20 }),
    // Calm markets raise few alerts at the default threshold.
    MONITOR_RULES: JSON.stringify([
      { id: 'moving-average', kind: 'moving-average', params: { thresholdPct: 0.05, windowMinutes: 5 } },
    ]),
  });
});

test.afterAll(async () => {
  await program.end('SIGTERM');
  await market.close();
  rmSync(folder, { recursive: true, force: true });
});

type PageResponse = { readonly ok?: boolean; readonly output?: Record<string, unknown> };

/** Makes a single program respond like one of several processes: read-only, with the origin of each setting. */
async function respondAsOneOfSeveral(page: Page): Promise<void> {
  await page.routeWebSocket(/\/api$/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((text) => {
      const response = JSON.parse(String(text)) as PageResponse;
      const { output } = response;
      if (output !== undefined && 'quotes' in output) output.isReadOnly = true;
      if (output !== undefined && 'origins' in output) {
        const names = Object.keys(output.settings as object);
        output.origins = Object.fromEntries(names.map((name) => [name, 'installation']));
      }
      socket.send(JSON.stringify(response));
    });
  });
}

test('a page of several processes shows everything, and offers no changes', async ({ page }) => {
  await respondAsOneOfSeveral(page);
  await page.goto(program.url);
  const alert = page.getByTestId('alert-item').first();
  await expect(alert).toBeVisible();
  await expect(page.getByTestId('unread')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Channels' })).toHaveCount(0);
  await alert.click();
  await expect(page.getByRole('button', { name: 'Go to the chart' })).toBeVisible();
  await expect(page.getByRole('button', { name: /^Mute/ })).toHaveCount(0);
  await expect(page.getByTestId('deliveries')).toHaveCount(0);

  await page.getByRole('button', { name: 'Rules', exact: true }).click();
  const rules = page.getByRole('dialog', { name: 'Rules' });
  await expect(rules).toContainText('Set for all processes of the installation');
  await expect(rules.getByRole('switch').first()).toBeDisabled();
  await expect(rules.getByRole('button', { name: 'Add a rule' })).toBeDisabled();
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await expect(page.getByTestId('setting-alertThresholdPct')).toBeDisabled();
  await expect(page.getByTestId('setting-databaseUrl')).toBeDisabled();
  const settings = page.getByRole('dialog', { name: 'Settings' });
  await expect(settings.getByText('Set for all processes of the installation')).toHaveCount(1);
  await expect(settings.getByRole('button', { name: 'Save' })).toHaveCount(0);
});
