import { z } from 'zod';
import type { ApiErrorBody } from './api-error.ts';
import type { EventMessage } from './events.ts';

/** A call as it is transferred, as JSON or by structured clone. */
export const requestSchema = z.strictObject({
  id: z.number().int().nonnegative(),
  procedure: z.string(),
  input: z.unknown(),
});
export type Request = Readonly<z.infer<typeof requestSchema>>;

/** The id of the response to a message whose id cannot be read. */
export const NO_ID = 0;

export type Response =
  | { readonly id: number; readonly ok: true; readonly output: unknown }
  | { readonly id: number; readonly ok: false; readonly error: ApiErrorBody };

/**
 * The code with which a host closes the WebSocket of a page whose cookie is missing or no longer valid. Codes from 4000 to 4999
 * are reserved for applications.
 */
export const CLOSE_UNAUTHORIZED = 4_401;

/** The connection of a page to its host. The WebSocket client and the preload script both implement it. */
export type Bridge = {
  request(request: Request): Promise<Response>;
  /** Calls `listener` for every event until the returned function is called. */
  subscribe(listener: (message: EventMessage) => void): () => void;
  /** Reports whether the monitor is reachable, first with the current state. Over IPC it always is. */
  onConnection(listener: (connected: boolean) => void): () => void;
  /** Hides the window, as closing it does. Absent in a browser. */
  hideWindow?(): void;
};
