import { z } from 'zod';
import type { ApiErrorBody } from './api-error.ts';
import type { EventMessage } from './events.ts';

/** What crosses a host's wire, in either direction, as JSON or by structured clone. */
export const requestSchema = z.strictObject({
  id: z.number().int().nonnegative(),
  procedure: z.string(),
  input: z.unknown(),
});
export type Request = Readonly<z.infer<typeof requestSchema>>;

export type Response =
  | { readonly id: number; readonly ok: true; readonly output: unknown }
  | { readonly id: number; readonly ok: false; readonly error: ApiErrorBody };

/** The bridge that a host offers its page: the WebSocket client and the preload script have this one shape. */
export type Bridge = {
  request(request: Request): Promise<Response>;
  /** Calls `listener` for every event until the returned function is called. */
  subscribe(listener: (message: EventMessage) => void): () => void;
  /** Tells whether the monitor can be reached; always true over IPC. Calls back at once with the present state. */
  onConnection(listener: (connected: boolean) => void): () => void;
  /** Hides the window, as closing it does. Absent where the window is a browser's. */
  hideWindow?(): void;
};
