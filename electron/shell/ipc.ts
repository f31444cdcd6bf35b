import { type BrowserWindow, ipcMain } from 'electron';
import type { Monitor } from '../monitor/monitor.ts';
import { EVENT_CHANNEL, REQUEST_CHANNEL } from './channels.ts';

/** Serves the contract of shared/api.ts to one window, and to no other frame. Returns the function that ends it. */
export function serveWindow(
  monitor: Pick<Monitor, 'answer' | 'subscribe'>,
  window: BrowserWindow,
): () => void {
  ipcMain.handle(REQUEST_CHANNEL, (event, message: unknown) => {
    if (event.senderFrame !== window.webContents.mainFrame) throw new Error('This frame may not ask.');
    return monitor.answer(message);
  });
  const unsubscribe = monitor.subscribe((message) => {
    if (!window.isDestroyed()) window.webContents.send(EVENT_CHANNEL, message);
  });
  return () => {
    ipcMain.removeHandler(REQUEST_CHANNEL);
    unsubscribe();
  };
}
