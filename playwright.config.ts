import { defineConfig } from '@playwright/test';
import { findChromium } from './scripts/find-chromium.ts';

export default defineConfig({
  testDir: 'tests/e2e',
  globalSetup: './tests/global-setup.ts',
  // Each test runs a whole monitor with its database; two cores carry one at a time.
  workers: 1,
  timeout: 300_000,
  // How long something takes on a busy machine is no fault; the limit above ends what never comes.
  expect: { timeout: 60_000 },
  forbidOnly: process.env.CI !== undefined,
  use: {
    launchOptions: {
      executablePath: findChromium(),
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
