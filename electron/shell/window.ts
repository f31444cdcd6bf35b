import { join } from 'node:path';
import { BrowserWindow } from 'electron';
import { packageRoot } from '../monitor/package-root.ts';

/** Opens the window with the page. It stays hidden until there is something to see, so it does not flash white. */
export function openWindow(): BrowserWindow {
  const window = new BrowserWindow({
    width: 1_180,
    height: 800,
    minWidth: 380,
    minHeight: 480,
    show: false,
    autoHideMenuBar: true,
    webPreferences: {
      preload: join(packageRoot(), 'out/preload/preload.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
    },
  });
  window.once('ready-to-show', () => window.show());
  window.webContents.setWindowOpenHandler(() => ({ action: 'deny' }));
  window.webContents.on('will-navigate', (event) => event.preventDefault());

  // electron-vite's development server, with hot reload.
  const developmentUrl = process.env.ELECTRON_RENDERER_URL;
  if (developmentUrl) void window.loadURL(developmentUrl);
  else void window.loadFile(join(packageRoot(), 'out/renderer/index.html'));
  return window;
}
