import { ApiError } from '../../shared/contract/api-error.ts';
import { type EventName, type EventPayload, events } from '../../shared/contract/events.ts';
import {
  type ProcedureInput,
  type ProcedureName,
  type ProcedureOutput,
  procedures,
} from '../../shared/contract/procedures.ts';
import type { Bridge } from '../../shared/contract/wire.ts';
import { message } from '../../shared/messages/message.ts';

/** Calls procedures and subscribes to events, typed and validated by the tables in `shared/contract/`. */
export type Client = {
  /**
   * Rejects with an `ApiError`; with code `unavailable` also when the bridge fails, and with `failed` when the output does not
   * match the procedure's schema.
   */
  call<P extends ProcedureName>(procedure: P, input: ProcedureInput<P>): Promise<ProcedureOutput<P>>;
  /** Calls `listener` with each payload of the event until the returned function is called. */
  on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): () => void;
  /** See `Bridge.onConnection`. */
  onConnection(listener: (connected: boolean) => void): () => void;
};

/** Replaces the error of a bridge, such as that of Electron while the program exits, whose text is not meant for users. */
function throwApiError(cause: unknown): never {
  if (cause instanceof ApiError) throw cause;
  throw new ApiError('unavailable', message('call.no-connection'), { cause });
}

export function createClient(bridge: Bridge): Client {
  let lastId = 0;
  const listeners = new Map<EventName, Set<(payload: never) => void>>();

  // One subscription for all listeners: the bridge of the desktop app copies each event for each subscription, and validating an
  // event takes as long as the work of a listener.
  bridge.subscribe(({ event, payload }) => {
    const interested = listeners.get(event);
    if (interested === undefined || interested.size === 0) return;
    const parsed = events[event].safeParse(payload);
    if (parsed.success) for (const listener of [...interested]) listener(parsed.data as never);
    else console.error(`The monitor sent a "${event}" event of an unknown form.`, parsed.error);
  });

  return {
    async call(procedure, input) {
      lastId += 1;
      const response = await bridge.request({ id: lastId, procedure, input }).catch(throwApiError);
      if (!response.ok) throw new ApiError(response.error.code, response.error.message, response.error);
      const parsed = procedures[procedure].output.safeParse(response.output);
      if (parsed.success) return parsed.data as ProcedureOutput<typeof procedure>;
      throw new ApiError('failed', message('call.wrong-output', { procedure }), { cause: parsed.error });
    },

    on(event, listener) {
      const interested = listeners.get(event) ?? new Set();
      listeners.set(event, interested.add(listener));
      return () => interested.delete(listener);
    },

    onConnection: (listener) => bridge.onConnection(listener),
  };
}
