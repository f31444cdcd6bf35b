import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Installation = {
  readonly isPackaged: boolean;
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `process.resourcesPath`. */
  readonly resourcesPath: string;
};

/**
 * Whether the app may replace itself. A deb or an rpm is the package manager's to update, a checkout its developer's;
 * on Linux only an AppImage is left, and its runtime names its file in `APPIMAGE`.
 */
export function updatesItself({ isPackaged, platform, env, resourcesPath }: Installation): boolean {
  if (!isPackaged) return false;
  if (platform === 'linux' && !env.APPIMAGE) return false;
  return namesProvider(join(resourcesPath, 'app-update.yml'));
}

/** electron-builder writes this file also when it knows of no place to publish to; it then names no provider. */
function namesProvider(path: string): boolean {
  try {
    return /^provider:/m.test(readFileSync(path, 'utf8'));
  } catch {
    return false; // a package without the file has nowhere to ask
  }
}
