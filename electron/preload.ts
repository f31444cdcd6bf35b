import { contextBridge, ipcRenderer } from 'electron';
import type { EventMessage } from '../shared/contract/events.ts';
import type { Bridge } from '../shared/contract/wire.ts';
import { EVENT_CHANNEL, HIDE_CHANNEL, REQUEST_CHANNEL } from './hosts/desktop/page/ipc-channels.ts';

const bridge: Bridge = {
  request: (request) => ipcRenderer.invoke(REQUEST_CHANNEL, request),
  subscribe(listener) {
    const receive = (_: unknown, message: EventMessage): void => listener(message);
    ipcRenderer.on(EVENT_CHANNEL, receive);
    return () => ipcRenderer.off(EVENT_CHANNEL, receive);
  },
  // The main process always exists while its window does.
  onConnection(listener) {
    listener(true);
    return () => undefined;
  },
  hideWindow: () => ipcRenderer.send(HIDE_CHANNEL),
};

contextBridge.exposeInMainWorld('monitorBridge', bridge);
