import type { BrowserWindow } from 'electron';
import type { Place } from '../../../../shared/contract/place.ts';
import type { Clock } from '../../../monitor/time/clock.ts';
import type { DesktopStateStore } from '../state/desktop-state.ts';
import type { PageRecovery } from './page-recovery.ts';

type Kept = Pick<
  BrowserWindow,
  | 'on'
  | 'show'
  | 'hide'
  | 'focus'
  | 'restore'
  | 'isMinimized'
  | 'isMaximized'
  | 'isVisible'
  | 'isFocused'
  | 'isDestroyed'
  | 'getNormalBounds'
> & { readonly webContents: Pick<BrowserWindow['webContents'], 'on'> };

type KeptWindowParts = {
  readonly window: Kept;
  readonly state: DesktopStateStore;
  readonly recovery: PageRecovery;
  readonly clock: Pick<Clock, 'sleep'>;
  /** Opens a place in the page, which must be loaded. */
  readonly send: (place: Place) => void;
  /** The window has the user's focus. */
  readonly onFocused: () => void;
  /** The user closed the window, and it was hidden. */
  readonly onHidden: () => void;
  /** Windows ends the session within seconds. */
  readonly onSessionEnd: () => void;
};

export type KeptWindow = {
  /** Brings the window to the front, at this place if given. */
  show(place: Place | null): void;
  /** Whether the window has the user's focus. */
  isFocused(): boolean;
  /** From now on, closing the window closes it instead of hiding it. */
  release(): void;
};

/**
 * Chromium treats a window that was never shown as visible: its page runs timers and draws frames until the window is hidden. By
 * this time after loading, the page has drawn its prices and its chart, so that showing it later takes no time.
 */
const DRAWN_MS = 10_000;

/** Chromium's ERR_ABORTED: another load replaced this one, which is not an error. */
const ABORTED = -3;

/** Keeps a window while the program runs: closing hides it, and its page is reloaded after a crash. */
export function keepWindow(parts: KeptWindowParts): KeptWindow {
  const { window, state, recovery } = parts;
  let isReleased = false;
  let isLoaded = false;
  let wanted: Place | null = null;
  /** Aborts when the window is shown or released. */
  const neverShown = new AbortController();

  const remember = (): void => {
    if (!window.isDestroyed()) {
      state.change({ bounds: window.getNormalBounds(), isMaximized: window.isMaximized() });
    }
  };

  window.on('close', (event) => {
    remember();
    if (isReleased) return;
    event.preventDefault();
    window.hide();
    parts.onHidden();
  });
  // Linux has no event for the end of a move; a move ends when the window loses the focus.
  window.on('blur', remember);
  window.on('focus', parts.onFocused);
  window.on('session-end', parts.onSessionEnd);

  const hideUnlessShown = async (): Promise<void> => {
    await parts.clock.sleep(DRAWN_MS, neverShown.signal);
    if (!window.isDestroyed()) window.hide();
  };
  window.webContents.on('did-finish-load', () => {
    hideUnlessShown().catch(() => undefined); // it was shown
    isLoaded = true;
    recovery.loaded();
    if (wanted !== null) parts.send(wanted);
    wanted = null;
  });
  window.webContents.on('did-fail-load', (_event, code, description, _url, isMainFrame) => {
    if (isMainFrame && code !== ABORTED) recovery.failed(`${description} (${code})`);
  });
  window.webContents.on('render-process-gone', (_event, details) => {
    isLoaded = false;
    recovery.gone(details);
  });

  return {
    show(place) {
      neverShown.abort();
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
      parts.onFocused();
      if (place === null) return;
      if (isLoaded) parts.send(place);
      else wanted = place;
    },
    isFocused: () => window.isVisible() && window.isFocused(),
    release() {
      isReleased = true;
      neverShown.abort();
      remember();
      recovery.stop();
    },
  };
}
