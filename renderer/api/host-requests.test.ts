import { describe, expect, it } from 'vitest';
import type { EventMessage } from '../../shared/contract/events.ts';
import type { Place } from '../../shared/contract/place.ts';
import { createClient } from './client.ts';
import { createHostRequests } from './host-requests.ts';

const CHART: Place = { kind: 'coin', coinId: 'bitcoin' };
const SETTINGS: Place = { kind: 'part', part: 'settings' };

function host() {
  const listeners = new Set<(message: EventMessage) => void>();
  const client = createClient({
    request: () => Promise.reject(new Error('no request is expected here')),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onConnection: () => () => undefined,
  });
  const call = (payload: Place): void => {
    for (const listener of listeners) listener({ event: 'show', payload });
  };
  return { requests: createHostRequests(client), call };
}

describe('a place that the host requests', () => {
  it('is shown immediately by a rendered page', () => {
    const { requests, call } = host();
    const shown: Place[] = [];
    requests.follow((place) => shown.push(place));
    call(CHART);
    call(SETTINGS);
    expect(shown).toEqual([CHART, SETTINGS]);
  });

  it('waits until the page is rendered; of several, only the last is shown, once', () => {
    const { requests, call } = host();
    const shown: Place[] = [];
    call(SETTINGS);
    call(CHART);
    const unfollow = requests.follow((place) => shown.push(place));
    unfollow();
    requests.follow((place) => shown.push(place));
    expect(shown).toEqual([CHART]);
  });
});
