import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright';
import { findChromium } from './find-chromium.ts';

const ROOT = join(import.meta.dirname, '..');
const IMAGES = join(ROOT, 'docs/images');
const SIZE = { width: 1_280, height: 800 };

/** A market with a jump in its first hour. */
const SEED = 'jumpy';
const SPEED = 120;

/** Runs the demo until it has an alert and some candles, and takes the screenshots of the README. */
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
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.waitForTimeout(500); // colours have a transition
      await page.screenshot({ path: join(IMAGES, `page-${colorScheme}.png`) });
    }
  } finally {
    await browser.close();
    demo.kill('SIGTERM');
    await once(demo, 'exit');
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
