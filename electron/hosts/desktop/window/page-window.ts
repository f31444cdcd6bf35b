import type { BrowserWindow } from 'electron';
import type { Place } from '../../../../shared/contract/place.ts';
import type { Message } from '../../../../shared/messages/message.ts';
import type { Monitor } from '../../../monitor/monitor.ts';
import type { Clock } from '../../../monitor/time/clock.ts';
import { type ServingIpc, serveWindow } from '../page/ipc.ts';
import type { DesktopStateStore } from '../state/desktop-state.ts';
import { createPageRecovery } from './page-recovery.ts';
import { keepWindow } from './persistent-window.ts';

type PageWindowParts = {
  /** Creates a hidden window. */
  readonly create: () => BrowserWindow;
  readonly pageUrl: string;
  readonly ipc: ServingIpc;
  readonly monitor: Pick<Monitor, 'dispatch' | 'subscribe' | 'log'>;
  readonly state: DesktopStateStore;
  readonly clock: Clock;
  /** The message about the page, or null when nothing is wrong with it any more. */
  readonly onProblem: (problem: Message | null) => void;
  readonly onFocused: () => void;
  readonly onHidden: () => void;
  readonly onSessionEnd: () => void;
};

export type PageWindow = {
  /** Brings the window to the front, at this place if given. Opens it again if it was destroyed. */
  show(place: Place | null): void;
  isFocused(): boolean;
  /** Null after it was destroyed. */
  current(): BrowserWindow | null;
  close(): void;
};

/**
 * Opens the window, loads its page immediately, and hides the window instead of closing it. If it is destroyed anyway (a page can
 * do that by `window.close()`), the program continues, and the next `show` opens another.
 */
export function openPageWindow(parts: PageWindowParts): PageWindow {
  let opened: ReturnType<typeof open> | null = open(parts, forget);
  let isClosing = false;

  function forget(): void {
    opened?.release();
    opened = null;
    if (isClosing) return;
    parts.monitor.log.warn('the window was destroyed; it is opened again on request');
    parts.onProblem(null);
  }

  return {
    show(place) {
      opened ??= open(parts, forget);
      opened.kept.show(place);
    },
    isFocused: () => opened?.kept.isFocused() ?? false,
    current: () => opened?.window ?? null,
    close() {
      isClosing = true;
      opened?.release();
      opened?.window.destroy();
    },
  };
}

function open(parts: PageWindowParts, onClosed: () => void) {
  const { pageUrl, monitor, state } = parts;
  const window = parts.create();
  const page = serveWindow(parts.ipc, monitor, window, pageUrl);
  const loadPage = (): void => {
    // The page also emits an event for the failure.
    window.loadURL(pageUrl).catch((err: unknown) => monitor.log.debug({ err }, 'the page was not loaded'));
  };
  const recovery = createPageRecovery({
    reload: loadPage,
    onProblem: parts.onProblem,
    clock: parts.clock,
    random: Math.random,
    log: monitor.log,
  });
  const kept = keepWindow({
    window,
    state,
    recovery,
    clock: parts.clock,
    send: (payload) => page.send({ event: 'show', payload }),
    onFocused: parts.onFocused,
    onHidden: parts.onHidden,
    onSessionEnd: parts.onSessionEnd,
  });
  window.once('closed', onClosed);
  loadPage();
  return {
    window,
    kept,
    /** Stops serving the page, and lets closing close the window. */
    release(): void {
      kept.release();
      page.close();
    },
  };
}
