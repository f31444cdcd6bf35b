import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import type { Place } from '../../../../shared/contract/place.ts';
import { appMenu } from './app-menu.ts';

function menu(platform: NodeJS.Platform) {
  const shown: Place[] = [];
  let quits = 0;
  const template = appMenu({
    platform,
    onShow: (place) => shown.push(place),
    onQuit: () => {
      quits += 1;
    },
  });
  const items = template.flatMap(({ submenu }) => (Array.isArray(submenu) ? submenu : []));
  const press = (key: string): void => {
    const item = items.find(({ accelerator }) => accelerator === key);
    item?.click?.({} as never, undefined, {} as never);
  };
  return { template, items, shown, press, quits: () => quits };
}

const titles = (template: readonly MenuItemConstructorOptions[]): readonly unknown[] =>
  template.map(({ label, role }) => label ?? role);

describe('the application menu', () => {
  it.each(['darwin', 'win32', 'linux'] as const)('has a key for each part of the page on %s', (platform) => {
    const { shown, press } = menu(platform);
    for (const key of ['1', '2', '3', '4', '5', ',']) press(`CommandOrControl+${key}`);
    expect(shown.map((place) => place.kind === 'part' && place.part)).toEqual([
      'prices',
      'chart',
      'alerts',
      'settings',
      'rules',
      'settings',
    ]);
  });

  it("begins with the app's menu on macOS, and has copy and paste everywhere", () => {
    expect(titles(menu('darwin').template)).toEqual([
      'Crypto Price Monitor',
      'editMenu',
      'View',
      'windowMenu',
    ]);
    expect(titles(menu('linux').template)).toEqual(['File', 'editMenu', 'View']);
  });

  it('quits with its shortcut', () => {
    const { press, quits } = menu('linux');
    press('CommandOrControl+Q');
    expect(quits()).toBe(1);
  });

  it('uses no shortcut twice', () => {
    const keys = menu('darwin').items.flatMap(({ accelerator }) => accelerator ?? []);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
