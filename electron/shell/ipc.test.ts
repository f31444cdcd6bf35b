import { EventEmitter } from 'node:events';
import type { IpcMain } from 'electron';
import { describe, expect, it } from 'vitest';
import type { EventMessage, Response } from '../../shared/api.ts';
import type { EventListener } from '../monitor/event-hub.ts';
import { serveWindow } from './ipc.ts';
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
  });
  const service = serveWindow(
    {
      handle: (_channel, handle) => {
        handler = handle as unknown as typeof handler;
      },
      removeHandler: () => {
        handler = null;
      },
    } satisfies Pick<IpcMain, 'handle' | 'removeHandler'>,
    {
      answer: async (message): Promise<Response> => ({ id: 1, ok: true, output: message }),
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
    ask: async (senderFrame: unknown) => handler?.({ senderFrame }, 'question'),
    tell: (message: EventMessage) => listener?.(message),
    show: () => window.emit('show'),
    hide: () => window.emit('hide'),
    destroy: () => {
      isDestroyed = true;
    },
  };
}

describe('the window’s API', () => {
  it('answers the page', async () => {
    const { ask, mainFrame } = served();
    expect(await ask(mainFrame)).toEqual({ id: 1, ok: true, output: 'question' });
  });

  it('answers no other frame, even one with the same address, and none that is gone', async () => {
    const { ask } = served();
    await expect(ask({ url: PAGE_URL })).rejects.toThrow('This frame may not ask.');
    await expect(ask(null)).rejects.toThrow('This frame may not ask.');
  });

  it('answers no page of another origin', async () => {
    const { ask, mainFrame } = served();
    mainFrame.url = 'https://example.com/';
    await expect(ask(mainFrame)).rejects.toThrow('This page may not ask.');
  });

  it('passes events on until the window is gone', () => {
    const { tell, sent, destroy } = served();
    const message: EventMessage = { event: 'reset', payload: {} };
    tell(message);
    destroy();
    tell(message);
    expect(sent).toEqual([message]);
  });

  it('tells a hidden page nothing, and lets it ask anew when it is seen and has missed something', () => {
    const { tell, sent, show, hide, service } = served(false);
    const news: EventMessage = { event: 'prices', payload: [] };
    show();
    tell(news);
    hide();
    show();
    expect(sent).toEqual([news]);
    hide();
    tell(news);
    tell(news);
    expect(sent).toEqual([news]);
    show();
    tell(news);
    expect(sent).toEqual([news, { event: 'reset', payload: {} }, news]);
    // What the host itself has to say does not wait: the page shows a place when it comes to be seen.
    hide();
    service.send({ event: 'show', payload: { kind: 'part', part: 'alerts' } });
    expect(sent.at(-1)).toMatchObject({ event: 'show' });
  });

  it('is closed with its service', async () => {
    const { service, tell, sent, ask, mainFrame } = served();
    service.close();
    tell({ event: 'reset', payload: {} });
    expect(sent).toEqual([]);
    expect(await ask(mainFrame)).toBeUndefined();
  });
});
