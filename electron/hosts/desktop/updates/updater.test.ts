import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UpdateCheckResult } from 'electron-updater';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../../monitor/logging/logger.ts';
import { virtualClock } from '../../../monitor/time/clock.ts';
import { type AutoUpdater, startUpdater, type Updater } from './updater.ts';
import { updatesItself } from './updater-installation.ts';

const HOUR_MS = 3_600_000;

/** A simulated update server and what the updater has requested from it. */
function releases(published: string) {
  const state = {
    published,
    online: true,
    downloadFails: false,
    checks: 0,
    downloaded: [] as string[],
    loads: 0,
    updater: undefined as AutoUpdater | undefined,
    finish: Promise.resolve(),
  };
  const load = async (): Promise<AutoUpdater> => {
    state.loads++;
    state.updater = {
      autoDownload: true,
      autoInstallOnAppQuit: true,
      disableWebInstaller: false,
      logger: null,
      on: () => undefined,
      async checkForUpdates() {
        state.checks++;
        if (!state.online) throw new Error('net::ERR_INTERNET_DISCONNECTED\n{"headers": "…"}');
        const updateInfo = { version: state.published } as UpdateCheckResult['updateInfo'];
        return { isUpdateAvailable: state.published !== '1.0.0', updateInfo, versionInfo: updateInfo };
      },
      async downloadUpdate() {
        await state.finish;
        if (state.downloadFails) throw new Error('net::ERR_CONNECTION_RESET');
        state.downloaded.push(state.published);
        return ['/cache/update'];
      },
    };
    return state.updater;
  };
  return { state, load };
}

/** A user: the messages shown to them and their choices. */
function simulatedUser() {
  const seen: string[] = [];
  const clicks: (() => void)[] = [];
  const state = { seen, clicks, wants: true };
  return {
    state,
    dialogs: {
      notify: (body: string, onClick?: () => void) => {
        seen.push(`notification: ${body}`);
        if (onClick) clicks.push(onClick);
      },
      offer: async (message: string) => {
        seen.push(`question: ${message}`);
        return state.wants;
      },
      inform: async (message: string, detail: string) => {
        seen.push(`dialog: ${message}. ${detail}`);
      },
    },
  };
}

describe('the updater', () => {
  const clock = virtualClock(0);
  let updater: Updater | undefined;
  afterEach(() => updater?.stop());

  const start = (published: string) => {
    const source = releases(published);
    const user = simulatedUser();
    updater = startUpdater({
      load: source.load,
      version: '1.0.0',
      dialogs: user.dialogs,
      clock,
      log: silentLog,
    });
    return { updater, source: source.state, user: user.state };
  };

  it('loads nothing and makes no request before the app has started', async () => {
    const { source } = start('1.1.0');
    await clock.advance(10_000);
    expect(source.loads).toBe(0);
    await clock.advance(10_000);
    expect(source.checks).toBe(1);
  });

  it('checks daily, and reports nothing while there is no new version', async () => {
    const { source, user } = start('1.0.0');
    await clock.advance(3 * 24 * HOUR_MS);
    expect(source.checks).toBe(3);
    expect(source.loads).toBe(1);
    expect(user.seen).toEqual([]);
  });

  it('reports a new version once, and downloads nothing by itself', async () => {
    const { source, user } = start('1.1.0');
    await clock.advance(3 * 24 * HOUR_MS);
    expect(user.seen).toEqual(['notification: Version 1.1.0 is available. Click to download it.']);
    expect(source.downloaded).toEqual([]);
    expect(source.updater?.autoDownload).toBe(false);
    source.published = '1.2.0';
    await clock.advance(24 * HOUR_MS);
    expect(user.seen.at(-1)).toBe('notification: Version 1.2.0 is available. Click to download it.');
  });

  it("downloads with the user's consent, and reports when it will be installed", async () => {
    const { source, user } = start('1.1.0');
    await clock.advance(HOUR_MS);
    user.clicks[0]?.();
    await clock.advance(0);
    expect(source.downloaded).toEqual(['1.1.0']);
    expect(source.updater?.autoInstallOnAppQuit).toBe(true);
    expect(user.seen.slice(1)).toEqual([
      'question: Version 1.1.0 is available',
      'notification: Version 1.1.0 is installed when you quit the app',
    ]);
  });

  it('does not download when the user declines', async () => {
    const { source, user, updater } = start('1.1.0');
    user.wants = false;
    await updater.check();
    await clock.advance(48 * HOUR_MS);
    expect(source.downloaded).toEqual([]);
    expect(user.seen).toEqual(['question: Version 1.1.0 is available']);
  });

  it('reports after a check from the menu that there is no new version', async () => {
    const { user, updater } = start('1.0.0');
    await updater.check();
    expect(user.seen).toEqual(['dialog: This is the newest version. You have version 1.0.0.']);
  });

  it('reports the state of the download after a check from the menu', async () => {
    const { source, user, updater } = start('1.1.0');
    let arrive = (): void => undefined;
    source.finish = new Promise((resolve) => {
      arrive = resolve;
    });
    const first = updater.check();
    await clock.advance(0);
    await updater.check();
    expect(user.seen.at(-1)).toMatch(/^dialog: Version 1\.1\.0 is being downloaded/);
    arrive();
    await first;
    await updater.check();
    expect(user.seen.at(-1)).toMatch(/^dialog: Version 1\.1\.0 is installed when you quit the app/);
    expect(source.downloaded).toEqual(['1.1.0']);
  });

  it('does not report a missing network, and checks again within an hour', async () => {
    const { source, user } = start('1.1.0');
    source.online = false;
    await clock.advance(30 * 60_000);
    expect(user.seen).toEqual([]);
    source.online = true;
    await clock.advance(HOUR_MS);
    expect(user.seen).toHaveLength(1);
  });

  it('reports in one line why a requested check failed', async () => {
    const { source, user, updater } = start('1.1.0');
    source.online = false;
    await updater.check();
    expect(user.seen).toEqual([
      'dialog: Could not check for updates. net::ERR_INTERNET_DISCONNECTED. Try again later.',
    ]);
  });

  it('can download again after a failed download', async () => {
    const { source, user, updater } = start('1.1.0');
    source.downloadFails = true;
    await updater.check();
    expect(user.seen.at(-1)).toMatch(/^dialog: Version 1\.1\.0 could not be downloaded/);
    source.downloadFails = false;
    await updater.check();
    expect(source.downloaded).toEqual(['1.1.0']);
  });

  it('does not check again after it was stopped', async () => {
    const { source, updater } = start('1.1.0');
    updater.stop();
    await clock.advance(48 * HOUR_MS);
    expect(source.checks).toBe(0);
  });
});

describe('updatesItself', () => {
  let resourcesPath: string;
  beforeEach(() => {
    resourcesPath = mkdtempSync(join(tmpdir(), 'resources-'));
    writeFileSync(join(resourcesPath, 'app-update.yml'), 'provider: github\nowner: o\nrepo: r\n');
  });
  afterEach(() => rmSync(resourcesPath, { recursive: true, force: true }));

  const installed = (platform: NodeJS.Platform, env: Record<string, string> = {}, isPackaged = true) =>
    updatesItself({ platform, env, isPackaged, resourcesPath });

  it('is true on macOS, on Windows and in an AppImage', () => {
    expect(installed('darwin')).toBe(true);
    expect(installed('win32')).toBe(true);
    expect(installed('linux', { APPIMAGE: '/home/me/monitor.AppImage' })).toBe(true);
  });

  it('is false for a deb or an rpm, which the package manager updates', () => {
    expect(installed('linux')).toBe(false);
  });

  it('is false in a checkout', () => {
    expect(installed('darwin', {}, false)).toBe(false);
  });

  it('is false in a package without an update URL', () => {
    writeFileSync(
      join(resourcesPath, 'app-update.yml'),
      'updaterCacheDirName: crypto-price-monitor-updater\n',
    );
    expect(installed('win32')).toBe(false);
    rmSync(join(resourcesPath, 'app-update.yml'));
    expect(installed('win32')).toBe(false);
  });
});
