import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from 'electron';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { autostartEntry } from './autostart-entry.ts';
import { createLoginItem } from './login-item.ts';

/** An operating system that stores login items by their arguments, as Windows and macOS do. */
function loginItems() {
  const items = new Map<string, boolean>();
  return {
    items,
    getLoginItemSettings: (options) => ({
      openAtLogin: items.get((options?.args ?? []).join(' ')) ?? false,
      openAsHidden: false,
      wasOpenedAtLogin: false,
      wasOpenedAsHidden: false,
      restoreState: false,
      status: 'enabled',
      executableWillLaunchAtLogin: false,
      launchItems: [],
    }),
    setLoginItemSettings: ({ args, openAtLogin }) => {
      items.set((args ?? []).join(' '), openAtLogin ?? false);
    },
  } satisfies Pick<App, 'getLoginItemSettings' | 'setLoginItemSettings'> & { items: unknown };
}

let configDir: string;

beforeEach(() => {
  configDir = mkdtempSync(join(tmpdir(), 'login-item-'));
});

afterEach(() => {
  rmSync(configDir, { recursive: true });
});

describe('start at login', () => {
  it.each([
    ['win32', '--hidden'],
    ['darwin', ''],
  ] as const)('is enabled on %s and can be disabled', (platform, args) => {
    const app = loginItems();
    const item = createLoginItem({ app, platform, env: {}, command: ['/app'] });
    expect(item?.isEnabled()).toBe(false);
    item?.set(true);
    expect(item?.isEnabled()).toBe(true);
    expect([...app.items]).toEqual([[args, true]]);
    item?.set(false);
    expect(item?.isEnabled()).toBe(false);
  });

  it('is a file of its own on Linux, which starts the program hidden', () => {
    const item = createLoginItem({
      app: loginItems(),
      platform: 'linux',
      env: { XDG_CONFIG_HOME: configDir },
      command: ['/opt/Crypto Price Monitor/monitor'],
    });
    expect(item?.isEnabled()).toBe(false);
    item?.set(true);
    expect(item?.isEnabled()).toBe(true);
    const text = readFileSync(join(configDir, 'autostart/crypto-price-monitor.desktop'), 'utf8');
    expect(text).toContain('Exec="/opt/Crypto Price Monitor/monitor" "--hidden"\n');
    item?.set(false);
    expect(item?.isEnabled()).toBe(false);
  });

  it('is in ~/.config when XDG_CONFIG_HOME is relative, which its specification says to ignore', () => {
    const env = { XDG_CONFIG_HOME: 'config', HOME: configDir };
    createLoginItem({ app: loginItems(), platform: 'linux', env, command: ['/opt/monitor'] })?.set(true);
    expect(existsSync(join(configDir, '.config/autostart/crypto-price-monitor.desktop'))).toBe(true);
  });

  it('starts the AppImage itself, not the mount that it runs from', () => {
    const env = { XDG_CONFIG_HOME: configDir, APPIMAGE: '/home/me/Monitor.AppImage' };
    const item = createLoginItem({ app: loginItems(), platform: 'linux', env, command: ['/tmp/.mount/x'] });
    item?.set(true);
    const text = readFileSync(join(configDir, 'autostart/crypto-price-monitor.desktop'), 'utf8');
    expect(text).toContain('Exec="/home/me/Monitor.AppImage" "--hidden"\n');
  });
});

describe('the Exec line of an autostart file', () => {
  it('parses back to the arguments from which it was made', () => {
    const argument = fc.string({ unit: fc.constantFrom('a', ' ', '"', '\\', '$', '`', '%', '/', 'é') });
    fc.assert(
      fc.property(fc.array(argument, { minLength: 1, maxLength: 4 }), (command) => {
        const exec = /^Exec=(.*)$/m.exec(autostartEntry(command))?.[1] ?? '';
        expect(argumentsOf(exec)).toEqual(command);
      }),
    );
  });
});

/** Parses an Exec line according to the specification: string escapes, then field codes, then quotes. */
function argumentsOf(exec: string): readonly string[] {
  const value = exec.replaceAll('\\\\', '\\').replaceAll('%%', '%');
  return [...value.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, inner = '']) =>
    inner.replaceAll(/\\(["`$\\])/g, '$1'),
  );
}
