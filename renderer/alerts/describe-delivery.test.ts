import { describe, expect, it } from 'vitest';
import { DELIVERY_STATUSES, FAILURE_KINDS, SKIP_REASONS } from '../../shared/domain/delivery.ts';
import { verbatim } from '../../shared/messages/message.ts';
import { describeDelivery } from './describe-delivery.ts';

const NOW = new Date('2026-03-10T14:05:00').getTime();
const delivery = {
  alertId: 'a',
  channel: 'ops',
  takenAt: NOW,
  status: 'delivered',
  attempts: 0,
  reason: null,
  detail: null,
  updatedAt: NOW,
} as const;

describe('the deliveries of an alert', () => {
  it.each([
    [{}, 'good', 'Delivered 14:05'],
    [{ status: 'pending' }, 'quiet', 'Waiting'],
    [{ status: 'pending', reason: 'quiet-hours' }, 'quiet', 'Held for the summary after quiet hours'],
    [
      { status: 'pending', reason: 'paused', detail: verbatim('No route.') },
      'quiet',
      'Held for the summary after the pause, which could not be delivered yet: No route.',
    ],
    [
      { status: 'failed', reason: 'refused', attempts: 3, detail: verbatim('401') },
      'bad',
      'Failed 3 times, last 14:05: 401',
    ],
    [{ status: 'skipped', reason: 'muted' }, 'quiet', 'Not sent: muted'],
    [
      { status: 'dead', reason: 'rejected', detail: verbatim('too long') },
      'bad',
      'Dead letter since 14:05: too long',
    ],
  ] as const)('%j', (part, tone, state) => {
    expect(describeDelivery({ ...delivery, ...part }, NOW)).toEqual({ tone, channel: 'ops', state });
  });

  it('have a text for every status and reason', () => {
    for (const status of DELIVERY_STATUSES) {
      for (const reason of [null, ...FAILURE_KINDS, ...SKIP_REASONS, 'damaged'] as const) {
        expect(describeDelivery({ ...delivery, status, reason }, NOW).state).not.toMatch(/undefined|null/);
      }
    }
  });
});
