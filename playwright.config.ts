import { defineConfig } from '@playwright/test';
import { findTestChromium } from './scripts/find-chromium.ts';
import { keepCompiled } from './tests/compile-cache.ts';

// Inherited by the workers.
keepCompiled();

export default defineConfig({
  testDir: 'tests/e2e',
  globalSetup: './tests/global-setup.ts',
  // Each test runs a whole monitor with its database and spends half of the time waiting for it.
  workers: 2,
  timeout: 300_000,
  // Long, because slowness on a busy machine is not a failure.
  expect: { timeout: 60_000 },
  forbidOnly: process.env.CI !== undefined,
  use: {
    // At sixty times the speed, prices change several times a second, and the page would be repainted constantly to fade each of
    // them. `page.spec.ts` tests the page with animations, as most users have it.
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: {
      executablePath: findTestChromium(),
      args: [
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
});
