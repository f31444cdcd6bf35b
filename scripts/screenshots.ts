import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
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

/** Runs the demo until it has an alert and some candles, and takes the screenshots of the README and of docs/rules.md. */
async function takeScreenshots(): Promise<void> {
  const demo = spawn(
    process.execPath,
    [join(ROOT, 'demo/main.ts'), '--speed', String(SPEED), '--seed', SEED],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
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
    await page.goto(url);
    await page.getByTestId('alert-item').first().waitFor({ timeout: 300_000 });
    await page.waitForTimeout(10_000); // some more candles
    await page.getByText('15m', { exact: true }).click();
    mkdirSync(IMAGES, { recursive: true });
    await inBothSchemes(page, 'page');
    await page.getByRole('button', { name: 'Rules', exact: true }).click();
    await page.getByRole('button', { name: 'Add a rule' }).click();
    await page.getByRole('button', { name: 'Moved 5 % in an hour' }).click();
    await page.getByTestId('rule-field-changePct').fill('1');
    await page.getByTestId('firing').first().waitFor({ state: 'attached' });
    await page.waitForTimeout(2_000); // the preview of what was typed last
    await inBothSchemes(page, 'rule-editor');
    await page.getByRole('button', { name: 'Add rule' }).click();
    await page.getByTestId('rule').nth(1).waitFor();
    await inBothSchemes(page, 'rules');
  } finally {
    await browser.close();
    demo.kill('SIGTERM');
    await once(demo, 'exit');
  }
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
