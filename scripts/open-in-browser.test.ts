import { describe, expect, it } from 'vitest';
import { mayOpenBrowser } from './open-in-browser.ts';

describe('whether a browser may be opened', () => {
  it.each([
    ['linux', {}, false],
    ['linux', { DISPLAY: ':0' }, true],
    ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, true],
    ['linux', { WSL_DISTRO_NAME: 'Debian' }, true],
    ['linux', { DISPLAY: ':0', CI: 'true' }, false],
    ['linux', { DISPLAY: ':0', BROWSER: 'none' }, false],
    ['darwin', {}, true],
    ['win32', {}, true],
    ['win32', { BROWSER: 'none' }, false],
  ] as const)('on %s with %j: %s', (platform, env, expected) => {
    expect(mayOpenBrowser(env, platform)).toBe(expected);
  });
});
