import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { app, dialog, Notification, net, safeStorage, session } from 'electron';
import { t } from '../shared/messages/message.ts';
import { textOfError } from '../shared/messages/message-error.ts';
import { keepHeapSmall } from './commands/small-heap.ts';
import { type Desktop, startDesktop } from './hosts/desktop/desktop.ts';
import { desktopFlags } from './hosts/desktop/desktop-flags.ts';
import { createLoginItem, HIDDEN_FLAG } from './hosts/desktop/login/login-item.ts';
import { trustSystemCertificates } from './hosts/desktop/machine/system-certificates.ts';
import { systemNetwork } from './hosts/desktop/machine/system-network.ts';
import { PAGE_URL } from './hosts/desktop/page/page-origin.ts';
import { registerPageScheme } from './hosts/desktop/page/protocol.ts';
import { openSecrets } from './hosts/desktop/secrets/open-secrets.ts';
import { openDesktopState } from './hosts/desktop/state/desktop-state.ts';
import type { Updates } from './hosts/desktop/tray/tray-actions.ts';
import { type AutoUpdater, startUpdater } from './hosts/desktop/updates/updater.ts';
import { updaterDialogs } from './hosts/desktop/updates/updater-dialogs.ts';
import { updatesItself } from './hosts/desktop/updates/updater-installation.ts';
import { appIcon } from './hosts/desktop/window/app-icon.ts';
import { openMonitor } from './monitor/compose.ts';
import { DataDirError, refuseUnfitDataDir } from './monitor/files/data-dir.ts';
import { fileMessage } from './monitor/files/file-error.ts';
import { createLogger, type Logger } from './monitor/logging/logger.ts';
import type { Monitor } from './monitor/monitor.ts';
import { systemClock } from './monitor/time/clock.ts';
import { clockFromEnvironment } from './monitor/time/clock-from-environment.ts';

/** Shorter than users wait for a program to exit, and operating systems for a session to end. */
const STOP_TIMEOUT_MS = 4_000;

/** Windows shows notifications under this name only if it is the one that the installer gave to the shortcut. */
const APP_USER_MODEL_ID = 'io.github.crypto-price-monitor';

async function run(): Promise<void> {
  keepHeapSmall();
  const args = process.argv.slice(1);
  const { isHidden, dataDir: folder, flags } = desktopFlags(args, process.env);
  const dataDir = resolve(folder);
  prepare(dataDir);
  // The lock is in `userData`, which `prepare` has set: one app per data folder.
  if (!app.requestSingleInstanceLock()) {
    app.exit(0);
    return;
  }

  await app.whenReady();
  const clock = clockFromEnvironment(process.env);
  const { platform } = process;
  const opened = await openSecrets({
    dataDir,
    env: process.env,
    platform,
    safeStorage,
    dialog,
    log: createLogger('info'), // the settings that name the level are not read yet
  });
  const network = systemNetwork({
    net,
    session: session.defaultSession,
    onProxy: trustSystemCertificates,
  });
  const monitor = await openMonitor({ dataDir, flags, clock, network, ...opened });
  let desktop: Desktop | undefined;
  quitWhenStopped(() => stop(monitor, desktop));
  try {
    desktop = startDesktop({
      monitor,
      state: openDesktopState(join(dataDir, 'desktop.json'), monitor.log),
      loginItem: createLoginItem({
        app,
        platform,
        env: process.env,
        command: app.isPackaged ? [process.execPath] : [process.execPath, app.getAppPath()],
      }),
      updates: startUpdates(monitor.log),
      pageUrl: developmentUrl() ?? PAGE_URL,
    });
  } catch (cause) {
    await monitor.stop(0); // not started: there is nothing to write
    throw cause;
  }
  monitor.start(desktop.channels);
  const { show } = desktop;
  app.on('second-instance', (_event, argv) => {
    if (!argv.includes(HIDDEN_FLAG)) show(null);
  });
  app.on('activate', () => show(null));
  // The window is hidden rather than closed; if it is destroyed anyway, the program continues in the tray.
  app.on('window-all-closed', () => undefined);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit());
  if (!isHidden && !wasOpenedAtLogin()) show(null);
}

/** Setup that must be done before Electron is ready. */
function prepare(dataDir: string): void {
  app.setName('Crypto Price Monitor');
  if (process.platform === 'win32') app.setAppUserModelId(APP_USER_MODEL_ID);
  registerPageScheme();
  // Chromium's own files are also stored in the data folder, so that deleting it removes everything.
  const userData = join(dataDir, 'desktop');
  refuseUnfitDataDir(dataDir);
  try {
    mkdirSync(userData, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new DataDirError(fileMessage('use-data-folder', dataDir, cause), { cause });
  }
  app.setPath('userData', userData);
}

/** electron-vite's development server, with hot reload; an installed app loads no page but its own. */
function developmentUrl(): string | undefined {
  return app.isPackaged ? undefined : process.env.ELECTRON_RENDERER_URL;
}

/** Null if the system's package manager installs updates, and in development. */
function startUpdates(log: Logger): Updates | null {
  const { platform, env, resourcesPath } = process;
  if (!updatesItself({ isPackaged: app.isPackaged, platform, env, resourcesPath })) return null;
  const notification = (text: Electron.NotificationConstructorOptions): Electron.Notification | null =>
    Notification.isSupported() ? new Notification({ ...appIcon(process.platform), ...text }) : null;
  return startUpdater({
    load: loadAutoUpdater,
    version: app.getVersion(),
    dialogs: updaterDialogs(dialog, notification),
    clock: systemClock,
    log,
  });
}

/** Loads electron-updater, half a megabyte that most starts never need. Needs a packaged app. */
async function loadAutoUpdater(): Promise<AutoUpdater> {
  const { autoUpdater } = await import('electron-updater');
  return autoUpdater;
}

/** macOS passes no arguments to login items. */
function wasOpenedAtLogin(): boolean {
  return process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin;
}

/** Lets the app quit only after `stop` has resolved; repeated requests to quit stop it only once. */
function quitWhenStopped(stop: () => Promise<void>): void {
  let state: 'running' | 'stopping' | 'stopped' = 'running';
  app.on('before-quit', (event) => {
    if (state === 'stopped') return;
    event.preventDefault();
    if (state === 'stopping') return;
    state = 'stopping';
    void stop().finally(() => {
      state = 'stopped';
      app.quit();
    });
  });
}

async function stop(monitor: Monitor, desktop: Desktop | undefined): Promise<void> {
  monitor.log.info('stopping');
  try {
    desktop?.close();
    await monitor.stop(STOP_TIMEOUT_MS);
    monitor.log.info('stopped');
  } catch (err) {
    monitor.log.error({ err }, 'the program did not stop cleanly');
  }
}

/** Shows in a dialog why the program cannot start. */
run().catch((cause: unknown) => {
  dialog.showErrorBox(t('desktop.cannot-start'), textOfError(cause));
  app.exit(1);
});
