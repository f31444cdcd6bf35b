import type { BrowserWindow, IpcMain, IpcMainEvent, WebFrameMain } from 'electron';
import type { EventMessage } from '../../../../shared/contract/events.ts';
import type { Monitor } from '../../../monitor/monitor.ts';
import { EVENT_CHANNEL, HIDE_CHANNEL, REQUEST_CHANNEL } from './ipc-channels.ts';
import { isOfPage } from './page-origin.ts';

export type ServedWindow = {
  readonly webContents: Pick<BrowserWindow['webContents'], 'send'> & {
    readonly mainFrame: Pick<WebFrameMain, 'url'>;
  };
  isDestroyed(): boolean;
  isVisible(): boolean;
  close(): void;
  on(event: 'show' | 'hide', listener: () => void): unknown;
};

type FromFrame = Pick<IpcMainEvent, 'senderFrame'>;

export type ServingIpc = Pick<IpcMain, 'handle' | 'removeHandler'> & {
  on(channel: string, listener: (event: FromFrame) => void): unknown;
  off(channel: string, listener: (event: FromFrame) => void): unknown;
};

export type WindowService = {
  /** Tells the page something that the monitor did not. */
  send(message: EventMessage): void;
  close(): void;
};

/**
 * Serves the contract of shared/contract/ to the page of one window: to its main frame, while that shows a URL of ours.
 * What it says is parsed by `monitor.dispatch`.
 *
 * A hidden page receives no events, because it would be drawing every trade. When it is shown, it requests a new snapshot.
 */
export function serveWindow(
  ipc: ServingIpc,
  monitor: Pick<Monitor, 'dispatch' | 'subscribe'>,
  window: ServedWindow,
  pageUrl: string,
): WindowService {
  const send = (message: EventMessage): void => {
    if (!window.isDestroyed()) window.webContents.send(EVENT_CHANNEL, message);
  };
  /** What keeps this frame from asking; null for the main frame of our own page. */
  const refusal = (senderFrame: WebFrameMain | null): string | null => {
    if (senderFrame === null || senderFrame !== window.webContents.mainFrame)
      return 'This frame may not ask.';
    return isOfPage(senderFrame.url, pageUrl) ? null : 'This page may not ask.';
  };
  ipc.handle(REQUEST_CHANNEL, ({ senderFrame }, message: unknown) => {
    const refused = refusal(senderFrame);
    if (refused !== null) throw new Error(refused);
    return monitor.dispatch(message);
  });
  // Closing is what hides it: the user is notified of it once, and its place is remembered.
  const hide = ({ senderFrame }: FromFrame): void => {
    if (refusal(senderFrame) === null) window.close();
  };
  ipc.on(HIDE_CHANNEL, hide);
  let isSeen = window.isVisible();
  let hasMissed = false;
  window.on('show', () => {
    isSeen = true;
    if (hasMissed) send({ event: 'reset', payload: {} });
    hasMissed = false;
  });
  window.on('hide', () => {
    isSeen = false;
  });
  const unsubscribe = monitor.subscribe((message) => {
    if (isSeen) send(message);
    else hasMissed = true;
  });
  return {
    send,
    close() {
      ipc.removeHandler(REQUEST_CHANNEL);
      ipc.off(HIDE_CHANNEL, hide);
      unsubscribe();
    },
  };
}
