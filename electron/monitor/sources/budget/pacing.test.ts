import { describe, expect, it } from 'vitest';
import { verbatim } from '../../../../shared/messages/message.ts';
import { FeedError, type FeedErrorKind } from '../price-source.ts';
import { type Pace, paceAfterFailure, paceAfterSuccess } from './pacing.ts';

const NOW = 1_000_000;
const IDLE: Pace = { nextAt: 0, notBefore: 0, backoffMs: 0 };

const fail = (kind: FeedErrorKind, retryAfterMs: number | null, previous: Pace = IDLE, random = 0.5): Pace =>
  paceAfterFailure(new FeedError(kind, verbatim('it failed'), { retryAfterMs }), {
    previous,
    startedAt: NOW,
    now: NOW,
    pollMs: 30_000,
    random,
  });

describe('the pace of polling', () => {
  it('keeps its interval however long a response took', () => {
    expect(paceAfterSuccess({ startedAt: NOW, now: NOW + 4_000, pollMs: 30_000 }).nextAt).toBe(NOW + 30_000);
  });

  it('pauses briefly after a response that took longer than the interval', () => {
    expect(paceAfterSuccess({ startedAt: NOW, now: NOW + 40_000, pollMs: 30_000 }).nextAt).toBe(NOW + 40_250);
  });

  it('waits exactly as long as a 429 asks for, even after a change', () => {
    expect(fail('rate-limited', 42_000)).toMatchObject({ nextAt: NOW + 42_000, notBefore: NOW + 42_000 });
  });

  it('bounds a Retry-After of 0 or of a week', () => {
    expect(fail('rate-limited', 0).nextAt).toBe(NOW + 1_000);
    expect(fail('rate-limited', 7 * 86_400_000).nextAt).toBe(NOW + 3_600_000);
  });

  it('waits 30 s and then longer after a 429 without Retry-After', () => {
    const first = fail('rate-limited', null);
    expect(first.nextAt).toBe(NOW + 30_000);
    expect(fail('rate-limited', null, first).nextAt).toBe(NOW + 60_000);
  });

  it('backs off from 1 s to 5 min on other failures', () => {
    let pace = fail('unreachable', null);
    expect(pace.nextAt).toBe(NOW + 1_000);
    for (let attempt = 0; attempt < 20; attempt++) pace = fail('bad-answer', null, pace, 0.999);
    expect(pace.nextAt).toBe(NOW + 300_000);
  });

  it('respects the Retry-After of a 503', () => {
    expect(fail('bad-answer', 120_000)).toMatchObject({ nextAt: NOW + 120_000, notBefore: NOW + 120_000 });
  });

  it('retries after a quarter of an hour when refused, or earlier when the user changes something', () => {
    expect(fail('refused', null)).toMatchObject({ nextAt: NOW + 900_000, notBefore: NOW + 1_000 });
  });

  it('resets its back-off after a success', () => {
    expect(paceAfterSuccess({ startedAt: NOW, now: NOW, pollMs: 30_000 }).backoffMs).toBe(0);
  });
});
