import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium, type Page } from 'playwright';
import { findChromium } from './find-chromium.ts';

const ROOT = join(import.meta.dirname, '..');
const IMAGES = join(ROOT, 'docs/images');
const SIZE = { width: 1_280, height: 800 };

/** A market with a jump in its first hour. */
const SEED = 'jumpy';
const SPEED = 120;

/** The channels in the pictures: a webhook that works, and a chat whose webhook was removed. */
const WORKING = '/working';
const CHANNEL_VARIABLES = { CHANNEL_OPS_URL: WORKING, CHANNEL_TEAM_URL: '/removed' };

/** Runs the demo until it has an alert and some candles, and takes the screenshots of the README and of docs/. */
async function takeScreenshots(): Promise<void> {
  const receiver = createServer((request, response) => {
    request.resume();
    response.writeHead(request.url === WORKING ? 204 : 404).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as AddressInfo;
  const urls = Object.entries(CHANNEL_VARIABLES).map(([name, path]) => [
    name,
    `http://127.0.0.1:${port}${path}`,
  ]);
  const demo = spawn(
    process.execPath,
    [join(ROOT, 'demo/main.ts'), '--speed', String(SPEED), '--seed', SEED],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...Object.fromEntries(urls) },
    },
  );
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  try {
    const url = await firstUrl(demo);
    const context = await browser.newContext({ viewport: SIZE });
    const page = await context.newPage();
    page.setDefaultTimeout(120_000); // on a busy machine
    await page.goto(url);
    await page.getByTestId('alert-item').first().waitFor({ timeout: 300_000 });
    await page.waitForTimeout(10_000); // some more candles
    await page.getByText('15m', { exact: true }).click();
    await page.getByText('Loading history').waitFor({ state: 'hidden', timeout: 300_000 });
    await page.waitForTimeout(3_000); // the chart is drawn anew
    mkdirSync(IMAGES, { recursive: true });
    await inBothSchemes(page, 'page');
    await showRules(page);
    await showChannels(page);
    await showHistory(page);
  } finally {
    await browser.close();
    demo.kill('SIGTERM');
    await once(demo, 'exit');
    receiver.closeAllConnections();
    receiver.close();
  }
}

/** The editor of a rule with its preview, and the list with the rule. */
async function showRules(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Rules', exact: true }).click();
  await page.getByRole('button', { name: 'Add a rule' }).click();
  await page.getByRole('button', { name: 'Moved 5% in an hour' }).click();
  await page.getByTestId('rule-field-changePct').fill('1');
  await page.getByTestId('firing').first().waitFor({ state: 'attached' });
  await page.waitForTimeout(2_000); // the preview follows the input
  await inBothSchemes(page, 'rule-editor');
  await page.getByRole('button', { name: 'Add rule' }).click();
  await page.getByTestId('rule').nth(1).waitFor();
  for (const template of ['New 30-day high', 'Unusual move']) {
    await page.getByRole('button', { name: 'Add a rule' }).click();
    const templates = page.getByRole('list', { name: 'Templates' });
    await templates.getByRole('button', { name: template }).click();
    await page.getByRole('button', { name: 'Add rule' }).click();
    await page.getByRole('button', { name: 'Add a rule' }).waitFor();
  }
  await page.waitForTimeout(5_000); // an alert of the first rule
  await inBothSchemes(page, 'rules');
  await page.getByRole('button', { name: 'Close rules' }).click();
}

/** The form of a channel, and the list with one that works and one that fails. */
async function showChannels(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Channels', exact: true }).click();
  for (const [kind, id] of [
    ['Webhook', 'ops'],
    ['Mattermost', 'team'],
  ] as const) {
    await page.getByTestId('add-channel').click();
    await page.getByTestId('channel-kind').selectOption(kind);
    await page.getByTestId('channel-id').fill(id);
    if (kind === 'Webhook') await inBothSchemes(page, 'channel-form');
    await page.getByRole('button', { name: 'Save channel' }).click();
    await page.getByTestId(`channel-${id}`).waitFor();
    await page.getByRole('button', { name: `Send a test alert to ${id}` }).click();
  }
  // Until the next alert.
  await page.getByTestId('channel-team').getByText('Failing').first().waitFor({ timeout: 300_000 });
  await inBothSchemes(page, 'channels');
  await page.getByRole('button', { name: 'Close channels' }).click();
}

/** The newest alert, opened, after it was delivered to the channels. */
async function showHistory(page: Page): Promise<void> {
  const newest = page.getByTestId('alert-item').first();
  const before = await newest.textContent();
  while ((await newest.textContent()) === before) await page.waitForTimeout(500);
  await newest.click();
  await page.getByTestId('deliveries').getByText('ops').waitFor();
  await page.waitForTimeout(5_000); // the first attempts, and the chart of the coin
  await inBothSchemes(page, 'history');
}

async function inBothSchemes(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.waitForTimeout(500); // colours have a transition
    await page.screenshot({ path: join(IMAGES, `${name}-${colorScheme}.png`) });
  }
}

async function firstUrl(demo: ChildProcess): Promise<string> {
  if (demo.stdout === null) throw new Error('The demo has no output.');
  for await (const line of createInterface({ input: demo.stdout })) {
    if (line.startsWith('UI: ')) return line.slice('UI: '.length);
  }
  throw new Error('The demo ended before it served a page.');
}

await takeScreenshots();
