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
 * Whether the app may replace itself. A deb or rpm is updated by the package manager, a checkout by its developer; on Linux that
 * leaves the AppImage, whose runtime sets its path in `APPIMAGE`.
 */
export function updatesItself({ isPackaged, platform, env, resourcesPath }: Installation): boolean {
  if (!isPackaged) return false;
  if (platform === 'linux' && !env.APPIMAGE) return false;
  return namesProvider(join(resourcesPath, 'app-update.yml'));
}

/** electron-builder writes this file even without a publish target; it then names no provider. */
function namesProvider(path: string): boolean {
  try {
    return /^provider:/m.test(readFileSync(path, 'utf8'));
  } catch {
    return false; // a package without the file has no update server
  }
}
