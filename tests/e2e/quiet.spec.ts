import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { scaledClock } from '../../electron/monitor/time/clock.ts';
import { environmentFor, openPage, type Program, startProgram, until } from '../program.ts';
import { accessibilityViolations } from './accessibility.ts';

/** One program for all tests. */
test.describe.configure({ mode: 'serial' });

const SPEED = 60;
const SETTINGS = {
  quietHours: null,
  rules: [
    { id: 'moving-average', kind: 'moving-average', enabled: false },
    { id: 'first-move', kind: 'change', params: { changePct: 0.02, withinMinutes: 10 }, repeat: 'once' },
  ],
  channels: [
    { id: 'ops', kind: 'webhook' },
    { id: 'team', kind: 'telegram', options: { chatId: '-100' } },
    { id: 'mail', kind: 'email', enabled: false },
  ],
};

let folder: string;
let market: DemoServer;
let program: Program;
let receiver: Server;
let status = 400;

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quiet-test-'));
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(SETTINGS));
  const origin = Date.now();
  receiver = createServer((_, response) => response.writeHead(status).end('no such event'));
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  market = await startDemoServer({ clock: scaledClock(SPEED, origin), seed: 'history', stepMs: 10_000 });
  program = await startProgram({
    ...environmentFor(folder, market.url, { speed: SPEED, origin, pollSeconds: 10 }),
    CHANNEL_OPS_URL: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`,
  });
  const page = await openPage(program.url);
  await until(async () => (await page.call('alerts.unread', {})).alertIds.length === 3);
  page.close();
});

test.afterAll(async () => {
  await program.end('SIGTERM');
  await market.close();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

async function openChannels(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Channels', exact: true }).click();
  await expect(page.getByTestId('channel-alerts-file')).toBeVisible();
}

test('an alert shows its delivery on each channel, and a dead letter can be sent again', async ({ page }) => {
  await page.goto(program.url);
  await page.getByTestId('alert-item').first().click();
  const deliveries = page.getByTestId('deliveries');
  await expect(deliveries).toContainText(/alerts\.txt Delivered .*\d\d:\d\d/);
  await expect(deliveries).toContainText(
    /ops Dead letter since .*: 127\.0\.0\.1 responded with 400: no such event/,
  );
  status = 204;
  await deliveries.getByRole('button', { name: 'Send again to ops' }).click();
  await expect(deliveries).toContainText(/ops Delivered/);
  await expect(deliveries.getByRole('button')).toHaveCount(0);
});

test('a pause is shown on the page until it is ended', async ({ page }) => {
  await page.goto(program.url);
  await openChannels(page);
  const section = page.getByRole('region', { name: 'Quiet times' });
  await page.getByTestId('pause').selectOption('For 1 hour');
  await expect(section).toContainText(/Alerts are paused until .*\d\d:\d\d/);
  await page.keyboard.press('Escape');
  const notice = page.getByTestId('pause-notice');
  await expect(notice).toContainText('Alerts are paused until');
  await notice.getByRole('button', { name: 'Resume alerts' }).click();
  await expect(notice).toHaveCount(0);
});

test('a coin is muted from its alert, and a channel from the list, until it is unmuted', async ({ page }) => {
  await page.goto(program.url);
  const alert = page.getByTestId('alert-item').first();
  const coin = (await alert.locator('strong').first().textContent()) ?? '';
  await alert.click();
  await page.getByRole('button', { name: `Mute ${coin} for 1 hour` }).click();
  await expect(page.getByRole('button', { name: `Unmute ${coin}` })).toBeVisible();
  await openChannels(page);
  await page.getByRole('button', { name: 'Mute ops for 1 hour' }).click();
  const section = page.getByRole('region', { name: 'Quiet times' });
  await expect(section).toContainText(`${coin}: muted until`);
  await expect(section).toContainText('channel ops: muted until');
  await section.getByRole('button', { name: `Unmute ${coin}` }).click();
  await section.getByRole('button', { name: 'Unmute channel ops' }).click();
  await expect(section).not.toContainText('muted');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`channels violate no accessibility rule, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const look = async (name: string): Promise<void> => {
      for (const width of [1_280, 390]) {
        await page.setViewportSize({ width, height: 900 });
        await page.screenshot({ path: test.info().outputPath(`${name}-${width}.png`) });
      }
      expect(await accessibilityViolations(page)).toEqual([]);
    };
    await page.goto(program.url);
    await page.getByTestId('alert-item').first().click();
    await expect(page.getByTestId('deliveries')).toBeVisible();
    await look('history');
    await openChannels(page);
    await expect(page.getByTestId('channel-team')).toContainText('"token" is missing');
    await page.getByRole('button', { name: 'Mute ops for 1 hour' }).click();
    await page.getByTestId('pause').selectOption('Until I resume');
    const resume = page
      .getByRole('region', { name: 'Quiet times' })
      .getByRole('button', { name: 'Resume alerts' });
    await expect(resume).toBeVisible();
    await look('list');
    await resume.click();
    await page.getByRole('button', { name: 'Unmute channel ops' }).click();
    await page.getByTestId('add-channel').click();
    await page.getByTestId('channel-id').fill('Chat!');
    await page.getByRole('button', { name: 'Save channel' }).click();
    await expect(page.getByTestId('channel-id')).toHaveAttribute('aria-invalid', 'true');
    await look('form');
  });
}
