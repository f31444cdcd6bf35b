import { describe, expect, it } from 'vitest';
import type { FeedState } from '../../shared/domain/feed-state.ts';
import { verbatim } from '../../shared/messages/message.ts';
import { oldAfterMs, outageOf } from './freshness.ts';

const LIVE: FeedState = { status: 'live', lastSuccessAt: 1 };

describe('outageOf', () => {
  it('is null while prices arrive or are expected', () => {
    const states: FeedState[] = [
      LIVE,
      { status: 'starting' },
      { status: 'rate-limited', since: 1, until: 2 },
    ];
    expect(states.map((feed) => outageOf('connected', feed))).toEqual([null, null, null]);
  });

  it('has the reason why there are no prices', () => {
    const states: FeedState[] = [
      { status: 'offline', since: 1, retryAt: 2, error: verbatim('no route') },
      { status: 'stale', since: 1, lastSuccessAt: 2 },
      { status: 'stopped', since: 1, error: verbatim('refused') },
    ];
    expect(states.map((feed) => outageOf('connected', feed))).toEqual(['Offline', 'Stale', 'Refused']);
  });

  it('is an outage without a connection, for any last state of the feed', () => {
    expect([outageOf('lost', LIVE), outageOf('expired', LIVE)]).toEqual(['Disconnected', 'Disconnected']);
  });
});

describe('oldAfterMs', () => {
  it('allows for the provider’s cache and one missed poll', () => {
    expect(oldAfterMs(60)).toBe(210_000);
  });
});
