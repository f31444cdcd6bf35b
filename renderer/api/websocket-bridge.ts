import { z } from 'zod';
import { ApiError, apiErrorSchema } from '../../shared/contract/api-error.ts';
import { type EventMessage, type EventName, events } from '../../shared/contract/events.ts';
import { type Bridge, CLOSE_UNAUTHORIZED, type Response } from '../../shared/contract/wire.ts';
import { message } from '../../shared/messages/message.ts';
import { type ReconnectLimits, reconnectDelayMs } from './reconnect-delay.ts';

/** Tried in this order: most messages are events. */
const serverMessageSchema = z.union([
  z.object({ event: z.enum(Object.keys(events) as [EventName, ...EventName[]]), payload: z.unknown() }),
  z.object({ id: z.number(), ok: z.literal(true), output: z.unknown() }),
  z.object({ id: z.number(), ok: z.literal(false), error: apiErrorSchema }),
]);

export type WebSocketBridgeOptions = {
  /** `ws://` or `wss://` address of the host's API. */
  readonly url: string;
  readonly limits: ReconnectLimits;
  /** How long a response may take before the connection is considered dead and reopened. */
  readonly responseTimeoutMs: number;
  /** A number in [0, 1), for the jitter between attempts. */
  readonly random: () => number;
  /**
   * Checks over HTTP whether the host rejects the page's key, after each failed attempt to connect: a browser does not
   * report why a WebSocket could not be opened.
   */
  readonly keyIsRefused: () => Promise<boolean>;
  /** Called once when the key is rejected. No further attempt is made. */
  readonly onKeyRefused: () => void;
};

type Pending = {
  readonly resolve: (response: Response) => void;
  readonly reject: (error: ApiError) => void;
  readonly timer: ReturnType<typeof setTimeout>;
};

/**
 * The bridge of a page in a browser: requests and events over one WebSocket, which is reopened with back-off when it
 * closes. A request made while connecting waits for the connection; one that is pending when the connection closes,
 * or is made without one, rejects with an `ApiError` of code `unavailable`.
 */
export function openWebSocketBridge(options: WebSocketBridgeOptions): Bridge & { close(): void } {
  const listeners = new Set<(message: EventMessage) => void>();
  const connectionListeners = new Set<(connected: boolean) => void>();
  const pending = new Map<number, Pending>();
  let unsent: string[] = [];
  let socket: WebSocket | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let connected = false;
  let failures = 0;
  let closed = false;

  const reportConnection = (now: boolean): void => {
    if (now === connected) return;
    connected = now;
    for (const listener of [...connectionListeners]) listener(now);
  };

  const failPending = (): void => {
    unsent = [];
    for (const { reject, timer } of pending.values()) {
      clearTimeout(timer);
      reject(new ApiError('unavailable', message('call.connection-lost')));
    }
    pending.clear();
  };

  const receive = (text: unknown): void => {
    const received = serverMessageSchema.parse(JSON.parse(String(text)));
    if ('event' in received) {
      // The payload is validated where it is used, against the table of events.
      for (const listener of [...listeners]) listener(received as EventMessage);
      return;
    }
    const waiting = pending.get(received.id);
    if (waiting === undefined) return;
    pending.delete(received.id);
    clearTimeout(waiting.timer);
    waiting.resolve(received);
  };

  const refuseKey = (): void => {
    closed = true;
    options.onKeyRefused();
  };

  const onClose = async (code: number, wasOpen: boolean): Promise<void> => {
    socket = undefined;
    failPending();
    reportConnection(false);
    if (closed) return;
    if (code === CLOSE_UNAUTHORIZED || (!wasOpen && (await options.keyIsRefused()))) return refuseKey();
    if (closed) return;
    failures += 1;
    retry = setTimeout(connect, reconnectDelayMs(failures, options.limits, options.random()));
  };

  function connect(): void {
    const opening = new WebSocket(options.url);
    let wasOpen = false;
    socket = opening;
    opening.addEventListener('open', () => {
      wasOpen = true;
      failures = 0;
      for (const text of unsent) opening.send(text);
      unsent = [];
      reportConnection(true);
    });
    opening.addEventListener('message', (event) => {
      try {
        receive(event.data);
      } catch (error) {
        // The host may be of another version; the other messages are still handled.
        console.error('A message from the monitor could not be read.', error);
      }
    });
    opening.addEventListener('close', (event) => void onClose(event.code, wasOpen));
  }

  connect();

  return {
    request(request) {
      return new Promise((resolve, reject) => {
        if (socket === undefined || socket.readyState > WebSocket.OPEN) {
          return reject(new ApiError('unavailable', message('call.no-connection')));
        }
        // The connection to a hanging monitor stays open until one side closes it.
        const timer = setTimeout(() => {
          pending.delete(request.id);
          reject(new ApiError('unavailable', message('call.no-answer')));
          socket?.close();
        }, options.responseTimeoutMs);
        pending.set(request.id, { resolve, reject, timer });
        const text = JSON.stringify(request);
        if (socket.readyState === WebSocket.OPEN) socket.send(text);
        else unsent.push(text);
      });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onConnection(listener) {
      connectionListeners.add(listener);
      listener(connected);
      return () => connectionListeners.delete(listener);
    },
    close() {
      closed = true;
      clearTimeout(retry);
      socket?.close();
      failPending();
    },
  };
}
