import type { AutoUpdater } from './updater.ts';

/** Loads electron-updater, half a megabyte that most starts never need. Needs a packaged app. */
export async function loadAutoUpdater(): Promise<AutoUpdater> {
  const { autoUpdater } = await import('electron-updater');
  return autoUpdater;
}
