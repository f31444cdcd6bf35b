import type { App, Session, Shell } from 'electron';
import { describe, expect, it } from 'vitest';
import { silentLog } from '../../../monitor/logging/logger.ts';
import { type GuardedContents, guardPages, mayOpenOutside } from './guards.ts';
import { PAGE_URL } from './page-origin.ts';

type Listener = (...args: never[]) => void;

/** A guarded page: functions that attempt something and return whether it is allowed, and the links opened in the browser. */
function guardedPage() {
  const opened: string[] = [];
  const listeners = new Map<string, Listener>();
  let openWindow: Parameters<GuardedContents['setWindowOpenHandler']>[0] = () => ({ action: 'allow' });
  const contents = {
    on: (event: string, listener: Listener) => listeners.set(event, listener),
    setWindowOpenHandler: (handler: typeof openWindow) => {
      openWindow = handler;
    },
  } as unknown as GuardedContents;
  let permissionRequest: Parameters<Session['setPermissionRequestHandler']>[0] = null;
  let permissionCheck: Parameters<Session['setPermissionCheckHandler']>[0] = null;
  let devicePermission: Parameters<Session['setDevicePermissionHandler']>[0] = null;
  guardPages({
    app: {
      on: (_event: string, created: (event: unknown, contents: unknown) => void) => created({}, contents),
    } as unknown as Pick<App, 'on'>,
    session: {
      setPermissionRequestHandler: (handler) => {
        permissionRequest = handler;
      },
      setPermissionCheckHandler: (handler) => {
        permissionCheck = handler;
      },
      setDevicePermissionHandler: (handler) => {
        devicePermission = handler;
      },
    } satisfies Pick<
      Session,
      'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler'
    >,
    shell: { openExternal: async (url) => void opened.push(url) } satisfies Pick<Shell, 'openExternal'>,
    pageUrl: PAGE_URL,
    log: silentLog,
  });
  const tries = (event: string, details: object): boolean => {
    let allowed = true;
    const preventable = {
      ...details,
      preventDefault: () => {
        allowed = false;
      },
    };
    (listeners.get(event) as ((details: unknown) => void) | undefined)?.(preventable);
    return allowed;
  };
  return {
    opened,
    navigates: (url: string, isMainFrame = true) => tries('will-frame-navigate', { url, isMainFrame }),
    isRedirectedTo: (url: string) => tries('will-redirect', { url }),
    embeds: () => tries('will-attach-webview', {}),
    opensWindow: (url: string) => openWindow({ url } as Parameters<typeof openWindow>[0]).action === 'allow',
    isPermitted(permission: 'media' | 'notifications' | 'geolocation') {
      let granted = true;
      permissionRequest?.(
        {} as never,
        permission,
        (isGranted) => {
          granted = isGranted;
        },
        {} as never,
      );
      const checked = permissionCheck?.(null, permission, PAGE_URL, {} as never) ?? true;
      const device = devicePermission?.({ deviceType: 'usb', origin: PAGE_URL } as never) ?? true;
      return granted || checked || device;
    },
  };
}

describe('a page', () => {
  it.each([
    'https://example.com/',
    'file:///etc/passwd',
    'app://other/',
    'javascript:alert(1)',
    'data:text/html,<script>',
  ])('cannot navigate to %s', (url) => {
    const page = guardedPage();
    expect(page.navigates(url)).toBe(false);
    expect(page.navigates(url, false)).toBe(false);
    expect(page.isRedirectedTo(url)).toBe(false);
    expect(page.opensWindow(url)).toBe(false);
    expect(page.opened).toEqual([]);
  });

  it('can be loaded again', () => {
    expect(guardedPage().navigates(PAGE_URL)).toBe(true);
  });

  it('opens links to the provider in the browser', () => {
    const page = guardedPage();
    expect(page.opensWindow('https://www.coingecko.com/en/coins/bitcoin')).toBe(false);
    expect(page.navigates('https://www.coingecko.com/en/api')).toBe(false);
    expect(page.opened).toEqual([
      'https://www.coingecko.com/en/coins/bitcoin',
      'https://www.coingecko.com/en/api',
    ]);
  });

  it('embeds nothing and gets no permissions', () => {
    const page = guardedPage();
    expect(page.embeds()).toBe(false);
    expect((['media', 'notifications', 'geolocation'] as const).map(page.isPermitted)).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe('a link to the outside', () => {
  it.each([
    ['https://www.coingecko.com/en/coins/bitcoin', true],
    ['http://www.coingecko.com/', false],
    ['https://www.coingecko.com.evil.example/', false],
    ['https://evil.example/www.coingecko.com', false],
    ['https://www.coingecko.com@evil.example/', false],
    ['https://user:word@www.coingecko.com/', false],
    ['https://www.coingecko.com:8443/', false],
    ['smb://www.coingecko.com/share', false],
    ['www.coingecko.com', false],
  ])('%s: %s', (url, allowed) => {
    expect(mayOpenOutside(url)).toBe(allowed);
  });
});
