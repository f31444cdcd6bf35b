import { join } from 'node:path';
import type { ElectronApplication } from '@playwright/test';
import type Electron from 'electron';
import type { AppHost } from '../../scripts/app-host.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The variables of a desktop session that an app requires to appear in it. */
const SESSION_VARIABLES = [
  'PATH',
  'HOME',
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'XDG_RUNTIME_DIR',
  'XDG_CURRENT_DESKTOP',
  'DBUS_SESSION_BUS_ADDRESS',
];

export type DesktopLaunch = {
  readonly executablePath: string;
  readonly args: string[];
  readonly env: Record<string, string>;
};

export type DesktopLaunchOptions = {
  readonly host: AppHost;
  /** The folder of the user's configuration, `XDG_CONFIG_HOME`. */
  readonly configHome: string;
  /** Variables of the program. */
  readonly env: Readonly<Record<string, string>>;
  /** The folder of the app; by default that of the project. */
  readonly app?: string;
  readonly flags?: readonly string[];
};

/** How the built app is launched in this session, without the user's own environment. */
export function desktopLaunch(options: DesktopLaunchOptions): DesktopLaunch {
  const { host, configHome, env, app = ROOT, flags = [] } = options;
  const session = SESSION_VARIABLES.flatMap((name): [string, string][] => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    executablePath: host.kind === 'desktop' ? host.binary : '',
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), app, ...flags],
    env: { ...Object.fromEntries(session), XDG_CONFIG_HOME: configHome, ...env },
  };
}

/**
 * Runs a function in the main process, possibly twice. The promise of Playwright's evaluation can be collected before
 * its value is read: https://github.com/microsoft/playwright/issues/33737.
 */
export async function runInMain<R>(
  app: ElectronApplication,
  what: (electron: typeof Electron, text: string) => R,
  text = '',
): Promise<R> {
  for (;;) {
    try {
      return await app.evaluate(what, text);
    } catch (cause) {
      if (!String(cause).includes('promise was garbage collected')) throw cause;
    }
  }
}
