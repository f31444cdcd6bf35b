import { describe, expect, it } from 'vitest';
import { verbatim } from '../../../../shared/messages/message.ts';
import { isReferenceDown } from './reference-down.ts';

const AT = Date.UTC(2026, 0, 5, 12);
const POLL_MS = 30_000;

describe('the reference source', () => {
  it('is down after more than two intervals without a response', () => {
    const limited = { status: 'rate-limited', since: AT, until: AT + 300_000 } as const;
    expect(isReferenceDown(limited, POLL_MS, AT, AT + 60_000)).toBe(false);
    expect(isReferenceDown(limited, POLL_MS, AT, AT + 60_001)).toBe(true);
    const offline = { status: 'offline', since: AT, retryAt: AT, error: verbatim('') } as const;
    expect(isReferenceDown(offline, POLL_MS, AT, AT + 60_001)).toBe(true);
    expect(
      isReferenceDown({ status: 'stopped', since: AT, error: verbatim('') }, POLL_MS, AT, AT + 60_001),
    ).toBe(true);
    const stale = { status: 'stale', since: AT, lastSuccessAt: AT } as const;
    expect(isReferenceDown(stale, POLL_MS, AT, AT + 60_001)).toBe(true);
  });

  it('is down when it never responded', () => {
    expect(isReferenceDown({ status: 'starting' }, POLL_MS, AT, AT + 60_000)).toBe(false);
    expect(isReferenceDown({ status: 'starting' }, POLL_MS, AT, AT + 60_001)).toBe(true);
  });

  it('is down when its failure is in the future, because the clock was set back', () => {
    const offline = { status: 'offline', since: AT, retryAt: AT, error: verbatim('') } as const;
    expect(isReferenceDown(offline, POLL_MS, AT, AT - 7_200_000)).toBe(true);
    expect(isReferenceDown({ status: 'starting' }, POLL_MS, AT, AT - 7_200_000)).toBe(true);
  });

  it('is never down while it responds', () => {
    const live = { status: 'live', lastSuccessAt: AT } as const;
    expect(isReferenceDown(live, POLL_MS, AT, AT + 1e9)).toBe(false);
  });
});
