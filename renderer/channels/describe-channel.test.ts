import { describe, expect, it } from 'vitest';
import type { ChannelView } from '../../shared/contract/channel-view.ts';
import type { ChannelState } from '../../shared/domain/delivery.ts';
import { message, verbatim } from '../../shared/messages/message.ts';
import { describeChannel } from './describe-channel.ts';

const NOW = Date.UTC(2026, 5, 10, 14);
const MINUTE_MS = 60_000;

const OPEN: ChannelState = { id: 'ops', waiting: 0, held: 0, failure: null, lastDeliveredAt: null };

/** With plain spaces. */
function words(state: Partial<ChannelState> | null, view: Partial<ChannelView> = {}) {
  const channel: ChannelView = {
    id: 'ops',
    kind: 'webhook',
    enabled: true,
    state: state === null ? null : { ...OPEN, ...state },
    dead: 0,
    problem: null,
    setting: null,
    secrets: {},
    ...view,
  };
  const described = describeChannel(channel, NOW);
  return { ...described, details: described.details.map((detail) => detail.replaceAll('\u00a0', ' ')) };
}

describe('the description of a channel', () => {
  it('is "Ready" until the channel has delivered an alert, and then "Working"', () => {
    expect(words({})).toEqual({
      tone: 'quiet',
      state: 'Ready',
      details: ['No delivery since the start or its last change'],
    });
    expect(words({ waiting: 3 })).toMatchObject({
      state: 'Ready',
      details: ['No delivery since the start or its last change', '3 waiting'],
    });
    expect(words({ lastDeliveredAt: NOW - 6 * MINUTE_MS })).toEqual({
      tone: 'good',
      state: 'Working',
      details: ['Last delivered 6 min ago'],
    });
  });

  it('has the duration of a failure, whether or not the channel has delivered an alert before', () => {
    const failure = {
      kind: 'unreachable' as const,
      message: verbatim('no such host'),
      attempts: 2,
      since: NOW - 4 * MINUTE_MS,
      retryAt: NOW,
    };
    for (const lastDeliveredAt of [null, NOW - 60 * MINUTE_MS]) {
      expect(words({ failure, lastDeliveredAt, waiting: 5, held: 2 })).toEqual({
        tone: 'bad',
        state: 'Failing',
        details: ['Failing for 4 min, 2 attempts', '3 waiting', '2 held for the summary'],
      });
    }
  });

  it('distinguishes channels that are not open: off, invalid settings, or neither', () => {
    expect(words(null, { enabled: false })).toEqual({ tone: 'quiet', state: 'Off', details: [] });
    const problem = message('channel.wrong', { id: 'ops', reason: verbatim('no URL') });
    expect(words(null, { problem })).toMatchObject({ tone: 'bad', state: 'Invalid settings' });
    expect(words(null)).toEqual({ tone: 'quiet', state: 'Not open', details: [] });
  });

  it('is not "Off" for a disabled setting while the built-in channel is open', () => {
    expect(words({}, { id: 'alerts-file', enabled: false }).state).toBe('Ready');
  });
});
