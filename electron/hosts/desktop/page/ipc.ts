import type { BrowserWindow, IpcMain, IpcMainEvent, WebFrameMain } from 'electron';
import type { EventMessage } from '../../../../shared/contract/events.ts';
import { NO_ID, type Response, requestSchema } from '../../../../shared/contract/wire.ts';
import { type Message, message } from '../../../../shared/messages/message.ts';
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
  /** Sends the page a message of the host. */
  send(message: EventMessage): void;
  close(): void;
};

/**
 * Serves the contract of shared/contract/ to one window: to its main frame, while that shows a URL of the app. Requests are
 * validated by `monitor.dispatch`.
 *
 * A hidden page receives no events, because it would be drawing every trade. When it is shown, it requests a new snapshot.
 */
export function serveWindow(
  ipc: ServingIpc,
  monitor: Pick<Monitor, 'dispatch' | 'subscribe'>,
  window: ServedWindow,
  pageUrl: string,
): WindowService {
  const send = (event: EventMessage): void => {
    if (!window.isDestroyed()) window.webContents.send(EVENT_CHANNEL, event);
  };
  /** Why this frame may not send requests; null for the main frame of the app's page. */
  const refusal = (senderFrame: WebFrameMain | null): Message | null => {
    if (senderFrame === null || senderFrame !== window.webContents.mainFrame)
      return message('call.other-frame');
    return isOfPage(senderFrame.url, pageUrl) ? null : message('call.other-page');
  };
  // An error that is thrown here would reach the page with a text of Electron's own.
  ipc.handle(REQUEST_CHANNEL, async ({ senderFrame }, sent: unknown): Promise<Response> => {
    const refused = refusal(senderFrame);
    if (refused === null) return monitor.dispatch(sent);
    const { data } = requestSchema.safeParse(sent);
    return { id: data?.id ?? NO_ID, ok: false, error: { code: 'bad-request', message: refused } };
  });
  // Closing hides the window, notifies the user of that once, and stores its position.
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
  const unsubscribe = monitor.subscribe((event) => {
    if (isSeen) send(event);
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
