import { describe, expect, it } from 'vitest';
import type { EventMessage } from '../../shared/contract/events.ts';
import type { Bridge, Request, Response } from '../../shared/contract/wire.ts';
import { message, verbatim } from '../../shared/messages/message.ts';
import { createClient } from './client.ts';

/** A host in the same process that responds with `response` and emits the given events. */
function hostOf(response: (request: Request) => Response) {
  const listeners = new Set<(message: EventMessage) => void>();
  const bridge: Bridge = {
    request: async (request) => response(request),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onConnection(listener) {
      listener(true);
      return () => {};
    },
  };
  const emit = (message: unknown): void => {
    for (const listener of listeners) listener(message as EventMessage);
  };
  return { client: createClient(bridge), emit, subscriptions: () => listeners.size };
}

describe('the client', () => {
  it('calls a procedure by name and returns the validated response', async () => {
    const requested: Request[] = [];
    const { client } = hostOf((request) => {
      requested.push(request);
      return { id: request.id, ok: true, output: { alerts: [], next: null } };
    });
    await expect(client.call('alerts', { limit: 5 })).resolves.toEqual({ alerts: [], next: null });
    await client.call('alerts', { limit: 6 });
    expect(requested).toEqual([
      { id: 1, procedure: 'alerts', input: { limit: 5 } },
      { id: 2, procedure: 'alerts', input: { limit: 6 } },
    ]);
  });

  it('throws the error that the host reports', async () => {
    const error = { code: 'unavailable', message: verbatim('The database is unavailable.') } as const;
    const { client } = hostOf(({ id }) => ({ id, ok: false, error }));
    await expect(client.call('alerts', { limit: 5 })).rejects.toMatchObject({
      name: 'ApiError',
      code: 'unavailable',
      message: 'The database is unavailable.',
      content: error.message,
    });
  });

  it('replaces the text of an error of the bridge', async () => {
    const { client } = hostOf(() => {
      throw new Error("Error invoking remote method 'request': Error: No handler registered for 'request'");
    });
    await expect(client.call('alerts', { limit: 5 })).rejects.toMatchObject({
      name: 'ApiError',
      code: 'unavailable',
      content: message('call.no-connection'),
    });
  });

  it('rejects a response that does not match its schema', async () => {
    const { client } = hostOf(({ id }) => ({ id, ok: true, output: { alerts: 'none' } }));
    await expect(client.call('alerts', { limit: 5 })).rejects.toMatchObject({ code: 'failed' });
  });

  it('validates an event once, however many listeners it has', () => {
    const { client, emit, subscriptions } = hostOf(({ id }) => ({ id, ok: true, output: null }));
    const received: unknown[] = [];
    for (let count = 0; count < 2; count++) client.on('prices', (quotes) => received.push(quotes));
    emit({ event: 'prices', payload: [] });
    expect(received).toEqual([[], []]);
    expect(received[1]).toBe(received[0]);
    expect(subscriptions()).toBe(1);
  });

  it('passes each event to its listeners', () => {
    const { client, emit } = hostOf(({ id }) => ({ id, ok: true, output: null }));
    const received: unknown[] = [];
    const stop = client.on('prices', (quotes) => received.push(quotes));
    emit({ event: 'reset', payload: {} });
    emit({ event: 'prices', payload: [] });
    stop();
    emit({ event: 'prices', payload: [] });
    expect(received).toEqual([[]]);
  });
});
