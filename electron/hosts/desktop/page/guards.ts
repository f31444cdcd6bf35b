import type { App, Session, Shell, WebContents } from 'electron';
import type { Logger } from '../../../monitor/logging/logger.ts';
import { isOfPage } from './page-origin.ts';

type GuardParts = {
  readonly app: Pick<App, 'on'>;
  readonly session: Pick<
    Session,
    'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler'
  >;
  readonly shell: Pick<Shell, 'openExternal'>;
  readonly pageUrl: string;
  readonly log: Logger;
};

/**
 * Restricts every page to what the program's own page does: no navigation, no new windows, no embedded content and no
 * permissions. Links to known hosts are opened in the browser.
 */
export function guardPages(parts: GuardParts): void {
  const { app, session, log } = parts;
  session.setPermissionRequestHandler((_contents, permission, callback) => {
    log.warn({ permission }, 'a permission request of a page was denied');
    callback(false);
  });
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  app.on('web-contents-created', (_event, contents) => guardContents(contents, parts));
}

export type GuardedContents = Pick<WebContents, 'on' | 'setWindowOpenHandler'>;

function guardContents(
  contents: GuardedContents,
  { shell, pageUrl, log }: Pick<GuardParts, 'shell' | 'pageUrl' | 'log'>,
): void {
  const openOutside = (url: string): void => {
    if (mayOpenOutside(url)) {
      shell.openExternal(url).catch((err: unknown) => log.warn({ err, url }, 'a link could not be opened'));
    } else {
      log.warn({ url }, 'a navigation was blocked');
    }
  };
  contents.on('will-frame-navigate', (details) => {
    // Allow a reload of the page itself.
    if (details.isMainFrame && isOfPage(details.url, pageUrl)) return;
    details.preventDefault();
    if (details.isMainFrame) openOutside(details.url);
  });
  contents.on('will-redirect', (details) => {
    if (!isOfPage(details.url, pageUrl)) details.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    openOutside(url);
    return { action: 'deny' };
  });
}

/** Hosts that links of the page may open, in the browser only. Subdomains are not included. */
const HOSTS: ReadonlySet<string> = new Set(['coingecko.com', 'www.coingecko.com', 'docs.coingecko.com']);

/** Whether a link may be passed to the operating system, which would start a program for any other scheme. */
export function mayOpenOutside(url: string): boolean {
  const parsed = URL.parse(url);
  return (
    parsed !== null &&
    parsed.protocol === 'https:' &&
    HOSTS.has(parsed.hostname) &&
    parsed.port === '' &&
    parsed.username === '' &&
    parsed.password === ''
  );
}
