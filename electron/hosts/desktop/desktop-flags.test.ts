import { describe, expect, it } from 'vitest';
import { desktopFlags } from './desktop-flags.ts';

describe('the command line of the desktop app', () => {
  it('takes the settings that the terminal takes', () => {
    expect(desktopFlags(['--hidden', '--data-dir', '/data', '--coins=monero'], {})).toEqual({
      isHidden: true,
      dataDir: '/data',
      flags: { coins: 'monero' },
    });
  });

  it("passes over Chromium's own switches and what else is on it", () => {
    const args = ['--no-sandbox', '--ozone-platform=wayland', '.', '--hidden', '--lang=de'];
    expect(desktopFlags(args, { MONITOR_DATA_DIR: '/data' })).toEqual({
      isHidden: true,
      dataDir: '/data',
      flags: {},
    });
  });
});
