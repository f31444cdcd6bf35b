import { describe, expect, it } from 'vitest';
import { desktopFlags } from './desktop-flags.ts';

describe('the command line of the desktop app', () => {
  it('accepts the same settings as the terminal', () => {
    expect(desktopFlags(['--hidden', '--data-dir', '/data', '--coins=monero'], {})).toEqual({
      isHidden: true,
      dataDir: '/data',
      flags: { coins: 'monero' },
    });
  });

  it("ignores Chromium's own switches and other arguments", () => {
    const args = ['--no-sandbox', '--ozone-platform=wayland', '.', '--hidden', '--lang=de'];
    expect(desktopFlags(args, { MONITOR_DATA_DIR: '/data' })).toEqual({
      isHidden: true,
      dataDir: '/data',
      flags: {},
    });
  });
});
