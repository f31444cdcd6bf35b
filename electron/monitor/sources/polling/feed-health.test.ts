import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { feedStateSchema } from '../../../../shared/domain/feed-state.ts';
import { verbatim } from '../../../../shared/messages/message.ts';
import { FeedError, type FeedErrorKind } from '../price-source.ts';
import {
  afterChange,
  afterFailure,
  afterSuccess,
  type FeedHealth,
  INITIAL_HEALTH,
  staleAfterMs,
} from './feed-health.ts';

const START = Date.parse('2026-03-01T12:00:00Z');
const POLL_MS = 30_000;
const LIMIT = staleAfterMs(POLL_MS);

const success = (health: FeedHealth, at: number, observedAt: number | null): FeedHealth =>
  afterSuccess(health, { at, observedAt, pollMs: POLL_MS });
const failure = (health: FeedHealth, kind: FeedErrorKind, at: number, retryAt = at + 1_000): FeedHealth =>
  afterFailure(health, { at, error: new FeedError(kind, verbatim(`it is ${kind}`)), retryAt });

/** Succeeds at every poll interval from `from` on, with a price observed a minute before. */
function watch(health: FeedHealth, from: number, polls: number): FeedHealth {
  let current = health;
  for (let poll = 0; poll < polls; poll++) {
    const at = from + poll * POLL_MS;
    current = success(current, at, at - 60_000);
  }
  return current;
}

describe('the feed state', () => {
  it('is live after a response with a recent price', () => {
    expect(success(INITIAL_HEALTH, START, START - 60_000).state).toEqual({
      status: 'live',
      lastSuccessAt: START,
    });
  });

  it('is stale since the newest price once prices have not advanced for longer than the limit', () => {
    let health = watch(INITIAL_HEALTH, START, 2);
    const newest = START + POLL_MS - 60_000;
    const lastMove = START + POLL_MS;
    health = success(health, lastMove + LIMIT, newest);
    expect(health.state.status).toBe('live');
    health = success(health, lastMove + LIMIT + 1, newest);
    expect(health.state).toEqual({
      status: 'stale',
      since: newest,
      lastSuccessAt: lastMove + LIMIT + 1,
    });
  });

  it('is stale after the limit even when the clock was set back by hours', () => {
    let health = watch(INITIAL_HEALTH, START, 2);
    const newest = START + POLL_MS - 60_000;
    const setBack = START - 2 * 3_600_000;
    health = success(health, setBack, newest);
    expect(health.state.status).toBe('live');
    for (let at = setBack; at <= setBack + LIMIT; at += POLL_MS) health = success(health, at, newest);
    health = success(health, setBack + LIMIT + 1, newest);
    expect(health.state.status).toBe('stale');
  });

  it('allows three polls when polls are rare', () => {
    expect(staleAfterMs(270_000)).toBe(810_000);
    expect(staleAfterMs(20_000)).toBe(300_000);
  });

  it('is live again with the first newer price', () => {
    let health = success(INITIAL_HEALTH, START, START - 3_600_000);
    expect(health.state.status).toBe('stale');
    health = success(health, START + POLL_MS, START);
    expect(health.state.status).toBe('live');
  });

  it('does not count an older price as an advance', () => {
    let health = success(INITIAL_HEALTH, START, START);
    for (let at = START; at <= START + LIMIT + POLL_MS; at += POLL_MS)
      health = success(health, at, START - 1_000);
    expect(health.state).toMatchObject({ status: 'stale', since: START });
  });

  it('keeps prices live on a machine whose clock is an hour fast, once they have advanced', () => {
    let health = success(INITIAL_HEALTH, START, START - 3_600_000);
    for (let at = START + POLL_MS; at < START + 3_600_000; at += POLL_MS) {
      health = success(health, at, at - 3_600_000);
      expect(health.state.status).toBe('live');
    }
  });

  it('uses the age of the price after a night of sleep', () => {
    const morning = START + 8 * 3_600_000;
    const health = success(watch(INITIAL_HEALTH, START, 3), morning, morning - 3_600_000);
    expect(health.state).toMatchObject({ status: 'stale', since: morning - 3_600_000 });
  });

  it('becomes stale when no response contains a valid price', () => {
    let health = success(INITIAL_HEALTH, START, null);
    expect(health.state.status).toBe('live');
    health = success(health, START + LIMIT + 1, null);
    expect(health.state).toMatchObject({ status: 'stale', since: START });
  });

  it('is offline since the first of consecutive failures', () => {
    let health = failure(watch(INITIAL_HEALTH, START, 2), 'unreachable', START + 60_000);
    health = failure(health, 'rate-limited', START + 61_000);
    health = failure(health, 'bad-answer', START + 90_000, START + 95_000);
    expect(health.state).toEqual({
      status: 'offline',
      since: START + 60_000,
      retryAt: START + 95_000,
      error: verbatim('it is bad-answer'),
    });
  });

  it('starts a new series of failures after a success', () => {
    let health = failure(INITIAL_HEALTH, 'unreachable', START);
    health = success(health, START + 1_000, START);
    health = failure(health, 'unreachable', START + 2_000);
    expect(health.state).toMatchObject({ status: 'offline', since: START + 2_000 });
  });

  it('reports until when it is rate-limited, since the first of the 429s', () => {
    let health = failure(INITIAL_HEALTH, 'rate-limited', START, START + 60_000);
    health = failure(health, 'rate-limited', START + 60_000, START + 120_000);
    expect(health.state).toEqual({ status: 'rate-limited', since: START, until: START + 120_000 });
  });

  it('is stopped when the provider refuses requests, and live again when it no longer does', () => {
    let health = failure(INITIAL_HEALTH, 'refused', START);
    expect(health.state).toEqual({ status: 'stopped', since: START, error: verbatim('it is refused') });
    health = success(health, START + 900_000, START + 890_000);
    expect(health.state.status).toBe('live');
  });

  it('is reset for other coins', () => {
    let health = success(INITIAL_HEALTH, START, START - 3_600_000);
    health = success(afterChange(health), START + 1_000, START - 1_000);
    expect(health.state.status).toBe('live');
  });

  it('always matches the schema, and is live after responses that advanced', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('success' as const), moved: fc.boolean() }),
      fc.record({
        kind: fc.constantFrom<FeedErrorKind>('rate-limited', 'refused', 'unreachable', 'bad-answer'),
        moved: fc.constant(false),
      }),
    );
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        let health = INITIAL_HEALTH;
        let at = START;
        let newest = START - 1_000;
        for (const { kind, moved } of steps) {
          at += POLL_MS;
          if (kind !== 'success') {
            health = failure(health, kind, at);
            expect(['live', 'stale', 'starting']).not.toContain(health.state.status);
          } else {
            if (moved) newest = at - 1_000;
            health = success(health, at, newest);
            if (moved) expect(health.state.status).toBe('live');
            expect(['live', 'stale']).toContain(health.state.status);
          }
          feedStateSchema.parse(health.state);
        }
      }),
    );
  });
});
