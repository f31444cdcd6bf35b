import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import { environmentFor, type Program, startProgram } from '../program.ts';

/** One program for all tests. */
test.describe.configure({ mode: 'serial' });

const SECRET = 'planted-path-of-the-hook';

let folder: string;
let market: DemoServer;
let program: Program;
let receiver: Server;
let status = 204;

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'channels-test-'));
  receiver = createServer((_, response) => {
    response.writeHead(status).end(`no hook ${SECRET}`);
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  // In real time, because these tests do not wait for prices, and faster ones would redraw the page constantly.
  market = await startDemoServer({
    clock: systemClock,
    seed: 'channels',
    jumpsPerDay: 0, // no alerts, so that channels deliver only tests
  });
  program = await startProgram({
    ...environmentFor(folder, market.url, { speed: 1, origin: Date.now(), pollSeconds: 20 }),
    CHANNEL_OPS_URL: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/${SECRET}`,
  });
});

test.afterAll(async () => {
  await program.end('SIGTERM');
  await market.close();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

const row = (page: Page, id: string): Locator => page.getByTestId(`channel-${id}`);

async function openChannels(page: Page): Promise<void> {
  await page.goto(program.url);
  await page.getByRole('button', { name: 'Channels', exact: true }).click();
  await expect(row(page, 'alerts-file')).toBeVisible();
}

test('a channel is added by the form of its kind, tested, fails with a reason, and is removed', async ({
  page,
}) => {
  await openChannels(page);
  await expect(page.getByRole('dialog')).toContainText('No other channel is set up yet.');
  await page.getByTestId('add-channel').click();
  await page.getByTestId('channel-kind').selectOption('Webhook');
  // The error is shown while the user types, without the name of a variable that would be derived from the id.
  await page.getByTestId('channel-id').fill('Ops!');
  await expect(page.getByRole('dialog')).toContainText('Must be a lower-case name');
  await expect(page.getByRole('dialog')).toContainText('CHANNEL_NAME_URL');
  await page.getByTestId('channel-id').fill('alerts-file');
  await expect(page.getByRole('dialog')).toContainText('There is a channel "alerts-file" already.');
  await page.getByTestId('channel-id').fill('Ops!');
  await page.getByRole('button', { name: 'Save channel' }).click();
  await expect(page.getByRole('dialog')).toContainText('Must be a lower-case name');
  await expect(page.getByTestId('channel-id')).toBeFocused();
  await page.getByTestId('channel-digest').fill('often');
  await page.getByTestId('channel-id').fill('later');
  await page.getByRole('button', { name: 'Save channel' }).click();
  await expect(page.getByTestId('channel-digest')).toBeFocused();
  await page.getByTestId('channel-digest').fill('');
  await page.getByTestId('channel-kind').selectOption('Webhook');
  await page.getByRole('button', { name: 'Save channel' }).click();
  await expect(page.getByTestId('option-url')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByRole('dialog')).toContainText('The secret "url" is missing or wrong');

  await page.getByTestId('channel-id').fill('ops');
  await expect(page.getByTestId('option-url')).toHaveAttribute('type', 'password');
  await expect(page.getByRole('dialog')).toContainText('CHANNEL_OPS_URL');
  await page.getByRole('button', { name: 'Save channel' }).click();
  await expect(row(page, 'ops')).toContainText('Ready');

  await page.getByRole('button', { name: 'Send a test alert to ops' }).click();
  await expect(row(page, 'ops')).toContainText(/The test alert was delivered in \d+ ms/);
  status = 403;
  await page.getByRole('button', { name: 'Send a test alert to ops' }).click();
  await expect(row(page, 'ops')).toContainText('127.0.0.1 responded with 403: no hook ***');
  await expect(row(page, 'ops')).toContainText('Check the address and the key or password');
  expect(await page.content()).not.toContain(SECRET);

  await page.getByRole('button', { name: 'Edit ops' }).click();
  await expect(page.getByTestId('option-url')).toHaveValue('');
  await expect(page.getByTestId('option-url')).toBeDisabled();
  await page.getByRole('button', { name: 'Back', exact: true }).click();
  const saved = JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8')) as Record<string, unknown>;
  expect(saved.channels).toMatchObject([{ id: 'ops', kind: 'webhook' }]);

  await page.getByRole('button', { name: 'Remove ops' }).click();
  await page.getByRole('button', { name: 'Confirm removal' }).click();
  await expect(row(page, 'ops')).toHaveCount(0);
});

test('alerts of a watchlist are routed by the form, and a channel with a missing list reports it', async ({
  page,
}) => {
  const path = join(folder, 'settings.json');
  const saved = (): { channels: readonly { id: string; route: unknown }[] } =>
    JSON.parse(readFileSync(path, 'utf8'));
  const lists = [
    { id: 'majors', coins: ['bitcoin', 'ethereum'] },
    { id: 'privacy', coins: ['zcash'] },
  ];
  await openChannels(page);
  await page.getByTestId('add-channel').click();
  await expect(page.getByTestId('channel-watchlist')).toHaveCount(0);
  writeFileSync(path, JSON.stringify({ ...saved(), watchlists: lists }));
  await page.getByTestId('channel-kind').selectOption('File');
  await page.getByTestId('channel-id').fill('listed');
  await page.getByTestId('option-path').fill('listed.txt');
  await page.getByTestId('channel-watchlist').selectOption('privacy');
  await page.getByRole('button', { name: 'Save channel' }).click();
  await expect(row(page, 'listed')).toContainText('Ready');
  expect(saved().channels).toMatchObject([{ id: 'listed', route: { watchlist: 'privacy' } }]);

  writeFileSync(path, JSON.stringify({ ...saved(), watchlists: lists.slice(0, 1) }));
  await expect(row(page, 'listed')).toContainText('there is no watchlist "privacy". There are: majors.');
  await page.getByRole('button', { name: 'Edit listed' }).click();
  await expect(page.getByTestId('channel-watchlist')).toHaveValue('privacy');
  await page.getByRole('button', { name: 'Save channel' }).click();
  await expect(page.getByRole('dialog')).toContainText('There is no watchlist "privacy"');
  await expect(page.getByTestId('channel-watchlist')).toBeFocused();
  await page.getByTestId('channel-watchlist').selectOption('majors');
  await page.getByRole('button', { name: 'Save channel' }).click();
  await expect(row(page, 'listed')).toContainText('Ready');
  await page.getByRole('button', { name: 'Remove listed' }).click();
  await page.getByRole('button', { name: 'Confirm removal' }).click();
  await expect(row(page, 'listed')).toHaveCount(0);
});

test('needs a confirmation to discard what was entered for a channel', async ({ page }) => {
  await openChannels(page);
  await page.getByTestId('add-channel').click();
  await page.getByTestId('channel-id').fill('chat');
  const question = page.getByRole('dialog', { name: 'Discard your changes?' });
  await page.keyboard.press('Escape');
  await expect(question).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('channel-id')).toHaveValue('chat');
  await page.getByRole('button', { name: 'Back', exact: true }).click();
  await question.getByRole('button', { name: 'Discard' }).click();
  await expect(page.getByTestId('add-channel')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});
