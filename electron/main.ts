import { app, dialog } from 'electron';
import { chosenDataDir } from './commands/common-flags.ts';
import { clockFromEnvironment } from './monitor/clock-from-environment.ts';
import { type Monitor, startMonitor } from './monitor/monitor.ts';
import { serveWindow } from './shell/ipc.ts';
import { openWindow } from './shell/window.ts';

/** As long as a person waits for a window to go away. */
const STOP_TIMEOUT_MS = 10_000;

async function run(): Promise<void> {
  await app.whenReady();
  const monitor = start();
  if (monitor === null) return;
  serveWindow(monitor, openWindow());

  let stopped = false;
  app.on('before-quit', (event) => {
    if (stopped) return;
    event.preventDefault();
    void monitor.stop(STOP_TIMEOUT_MS).finally(() => {
      stopped = true;
      app.quit();
    });
  });
}

/** Says in a dialog what keeps the program from starting. */
function start(): Monitor | null {
  try {
    return startMonitor({
      dataDir: chosenDataDir({}, process.env),
      flags: {},
      env: process.env,
      clock: clockFromEnvironment(process.env),
    });
  } catch (cause) {
    dialog.showErrorBox(
      'Crypto Price Monitor cannot start',
      cause instanceof Error ? cause.message : String(cause),
    );
    app.exit(1);
    return null;
  }
}

void run();
