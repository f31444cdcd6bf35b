import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import type { App } from 'electron';
import { replaceFileSync } from '../../../monitor/files/atomic-file.ts';

import { autostartEntry } from './autostart-entry.ts';

/** The flag for a start at login: the window stays hidden. */
export const HIDDEN_FLAG = '--hidden';

/** Whether the program starts when the user logs in, with its window hidden. */
export type LoginItem = {
  isEnabled(): boolean;
  /** @throws Error when the system refuses */
  set(enabled: boolean): void;
};

type LoginItemParts = {
  readonly app: Pick<App, 'getLoginItemSettings' | 'setLoginItemSettings'>;
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Program and arguments that start this app. */
  readonly command: readonly string[];
};

/** The login item of this system; null if it has none. */
export function createLoginItem(parts: LoginItemParts): LoginItem | null {
  switch (parts.platform) {
    case 'darwin':
      return {
        isEnabled: () => parts.app.getLoginItemSettings().openAtLogin,
        set: (openAtLogin) => parts.app.setLoginItemSettings({ openAtLogin }),
      };
    case 'win32': {
      // Windows finds the entry again by its arguments.
      const args = [HIDDEN_FLAG];
      return {
        isEnabled: () => parts.app.getLoginItemSettings({ args }).openAtLogin,
        set: (openAtLogin) => parts.app.setLoginItemSettings({ openAtLogin, args }),
      };
    }
    case 'linux':
      return autostartFile(parts);
    default:
      return null;
  }
}

function autostartFile({ env, command }: LoginItemParts): LoginItem {
  const { XDG_CONFIG_HOME: chosen = '' } = env;
  // A relative path is ignored, as the XDG Base Directory Specification requires.
  const configDir = isAbsolute(chosen) ? chosen : join(env.HOME || homedir(), '.config');
  const path = join(configDir, 'autostart', 'crypto-price-monitor.desktop');
  // An AppImage runs from a temporary mount; register the image itself.
  const program = env.APPIMAGE ? [env.APPIMAGE] : command;
  return {
    isEnabled: () => existsSync(path),
    set(enabled) {
      if (!enabled) {
        rmSync(path, { force: true });
        return;
      }
      mkdirSync(dirname(path), { recursive: true });
      replaceFileSync(path, autostartEntry([...program, HIDDEN_FLAG]));
    },
  };
}
