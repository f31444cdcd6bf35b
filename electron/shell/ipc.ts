import type { BrowserWindow, IpcMain, WebFrameMain } from 'electron';
import type { EventMessage } from '../../shared/api.ts';
import type { Monitor } from '../monitor/monitor.ts';
import { EVENT_CHANNEL, REQUEST_CHANNEL } from './channels.ts';
import { isOfPage } from './page-origin.ts';

export type ServedWindow = {
  readonly webContents: Pick<BrowserWindow['webContents'], 'send'> & {
    readonly mainFrame: Pick<WebFrameMain, 'url'>;
  };
  isDestroyed(): boolean;
  isVisible(): boolean;
  on(event: 'show' | 'hide', listener: () => void): unknown;
};

export type WindowService = {
  /** Tells the page something that the monitor did not. */
  send(message: EventMessage): void;
  close(): void;
};

/**
 * Serves the contract of shared/api.ts to the page of one window: to its main frame, while that shows a URL of ours.
 * What it says is parsed by `monitor.answer`.
 *
 * A hidden page is told nothing: with trades every second it would be drawing all day long. When it comes to be
 * seen, it asks for everything anew.
 */
export function serveWindow(
  ipc: Pick<IpcMain, 'handle' | 'removeHandler'>,
  monitor: Pick<Monitor, 'answer' | 'subscribe'>,
  window: ServedWindow,
  pageUrl: string,
): WindowService {
  const send = (message: EventMessage): void => {
    if (!window.isDestroyed()) window.webContents.send(EVENT_CHANNEL, message);
  };
  ipc.handle(REQUEST_CHANNEL, (event, message: unknown) => {
    const { senderFrame } = event;
    if (senderFrame === null || senderFrame !== window.webContents.mainFrame) {
      throw new Error('This frame may not ask.');
    }
    if (!isOfPage(senderFrame.url, pageUrl)) throw new Error('This page may not ask.');
    return monitor.answer(message);
  });
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
      unsubscribe();
    },
  };
}
