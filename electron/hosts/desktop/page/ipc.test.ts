import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { EventMessage } from '../../../../shared/contract/events.ts';
import type { Response } from '../../../../shared/contract/wire.ts';
import { message } from '../../../../shared/messages/message.ts';
import type { EventListener } from '../../../monitor/status/event-hub.ts';
import { serveWindow } from './ipc.ts';
import { HIDE_CHANNEL } from './ipc-channels.ts';
import { PAGE_URL } from './page-origin.ts';

function served(isVisible = true) {
  const mainFrame = { url: PAGE_URL };
  const sent: EventMessage[] = [];
  let handler: ((event: { senderFrame: unknown }, message: unknown) => unknown) | null = null;
  let listener: EventListener | null = null;
  let isDestroyed = false;
  const window = Object.assign(new EventEmitter(), {
    webContents: { mainFrame, send: (_channel: string, message: EventMessage) => sent.push(message) },
    isDestroyed: () => isDestroyed,
    isVisible: () => isVisible,
    close: () => {
      timesClosed += 1;
    },
  });
  let timesClosed = 0;
  const channels = new EventEmitter();
  const service = serveWindow(
    Object.assign(channels, {
      handle: (_channel: string, handle: unknown) => {
        handler = handle as typeof handler;
      },
      removeHandler: () => {
        handler = null;
      },
    }),
    {
      dispatch: async (message): Promise<Response> => ({ id: 1, ok: true, output: message }),
      subscribe: (given) => {
        listener = given;
        return () => {
          listener = null;
        };
      },
    },
    window,
    PAGE_URL,
  );
  return {
    mainFrame,
    sent,
    service,
    requestHide: (senderFrame: unknown) => channels.emit(HIDE_CHANNEL, { senderFrame }),
    timesClosed: () => timesClosed,
    request: async (senderFrame: unknown, sent: unknown = 'question') => handler?.({ senderFrame }, sent),
    publish: (message: EventMessage) => listener?.(message),
    show: () => window.emit('show'),
    hide: () => window.emit('hide'),
    destroy: () => {
      isDestroyed = true;
    },
  };
}

const refusal = (code: 'call.other-frame' | 'call.other-page') => ({
  ok: false,
  error: { code: 'bad-request', message: message(code) },
});

describe('the window’s API', () => {
  it('responds to the page', async () => {
    const { request, mainFrame } = served();
    expect(await request(mainFrame)).toEqual({ id: 1, ok: true, output: 'question' });
  });

  it('responds to no other frame, even with the same URL, and to no destroyed frame', async () => {
    const { request } = served();
    const refused = refusal('call.other-frame');
    expect(await request({ url: PAGE_URL })).toEqual({ id: 0, ...refused });
    expect(await request(null)).toEqual({ id: 0, ...refused });
    expect(await request(null, { id: 7, procedure: 'snapshot', input: {} })).toEqual({ id: 7, ...refused });
  });

  it('responds to no page of another origin', async () => {
    const { request, mainFrame } = served();
    mainFrame.url = 'https://example.com/';
    expect(await request(mainFrame)).toEqual({ id: 0, ...refusal('call.other-page') });
  });

  it('passes events on until the window is destroyed', () => {
    const { publish, sent, destroy } = served();
    const message: EventMessage = { event: 'reset', payload: {} };
    publish(message);
    destroy();
    publish(message);
    expect(sent).toEqual([message]);
  });

  it('sends no events to a hidden page, and a reset when it is shown after missing some', () => {
    const { publish, sent, show, hide, service } = served(false);
    const news: EventMessage = { event: 'prices', payload: [] };
    show();
    publish(news);
    hide();
    show();
    expect(sent).toEqual([news]);
    hide();
    publish(news);
    publish(news);
    expect(sent).toEqual([news]);
    show();
    publish(news);
    expect(sent).toEqual([news, { event: 'reset', payload: {} }, news]);
    // Messages of the host are sent immediately: the page opens a place when it is shown.
    hide();
    service.send({ event: 'show', payload: { kind: 'part', part: 'alerts' } });
    expect(sent.at(-1)).toMatchObject({ event: 'show' });
  });

  it('closes the window, which hides it, at the request of its own page', () => {
    const { requestHide, timesClosed, mainFrame, service } = served();
    requestHide(null);
    requestHide({ url: PAGE_URL });
    expect(timesClosed()).toBe(0);
    requestHide(mainFrame);
    expect(timesClosed()).toBe(1);
    mainFrame.url = 'https://example.com/';
    requestHide(mainFrame);
    mainFrame.url = PAGE_URL;
    service.close();
    requestHide(mainFrame);
    expect(timesClosed()).toBe(1);
  });

  it('is closed with its service', async () => {
    const { service, publish, sent, request, mainFrame } = served();
    service.close();
    publish({ event: 'reset', payload: {} });
    expect(sent).toEqual([]);
    expect(await request(mainFrame)).toBeUndefined();
  });
});
