import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from 'playwright';

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];
/** From Debian's package `chromium-headless-shell`: the same browser without the parts that draw a window. */
const HEADLESS_SHELL = '/usr/bin/chromium-headless-shell';
const DOWNLOAD_TIMEOUT_MS = 180_000;

/**
 * Finds a Chromium for the end-to-end tests: `CHROMIUM_PATH`, an installed one, Playwright's own or, on Debian as
 * root, the package `chromium`, which is then installed.
 *
 * @throws Error that says what to install when there is none
 */
export function findChromium(): string {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    if (existsSync(named)) return named;
    throw new Error(`CHROMIUM_PATH is ${named}, but there is no such file.`);
  }
  const found = installed() ?? playwrightsOwn() ?? debianPackage();
  if (found === null) {
    throw new Error(
      'The end-to-end tests need a browser: install Chromium or Chrome, or set CHROMIUM_PATH to one.',
    );
  }
  return found;
}

/**
 * Finds the browser for the end-to-end tests: `CHROMIUM_PATH`, Chromium's headless shell, which draws the same in half of the
 * processor time, or any other Chromium like `findChromium`.
 */
export function findTestChromium(): string {
  const isShellUsed = !process.env.CHROMIUM_PATH && existsSync(HEADLESS_SHELL);
  return isShellUsed ? HEADLESS_SHELL : findChromium();
}

function installed(): string | null {
  return INSTALLED.find((path) => existsSync(path)) ?? null;
}

function playwrightsOwn(): string | null {
  if (existsSync(chromium.executablePath())) return chromium.executablePath();
  if (process.platform === 'linux' && canInstallDebianPackages()) return null; // the package includes the required libraries
  process.stderr.write("Installing Playwright's Chromium…\n");
  spawnSync('playwright', ['install', 'chromium'], {
    stdio: 'ignore',
    timeout: DOWNLOAD_TIMEOUT_MS,
    shell: process.platform === 'win32',
  });
  return existsSync(chromium.executablePath()) ? chromium.executablePath() : null;
}

function canInstallDebianPackages(): boolean {
  return existsSync('/etc/debian_version') && process.getuid?.() === 0;
}

function debianPackage(): string | null {
  if (!canInstallDebianPackages()) return null;
  process.stderr.write("Installing Debian's package chromium…\n");
  const options = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const;
  spawnSync('apt-get', ['update'], options);
  spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], options);
  return installed();
}
