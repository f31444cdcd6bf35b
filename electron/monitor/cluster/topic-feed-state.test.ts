import { expect, it } from 'vitest';
import type { FeedState } from '../../../shared/domain/feed-state.ts';
import { virtualClock } from '../time/clock.ts';
import { createTopicFeedState } from './topic-feed-state.ts';

const MINUTE_MS = 60_000;
const AT = Date.UTC(2026, 0, 5, 12);

it('derives the state of the feed from the topics', async () => {
  const clock = virtualClock(AT);
  const seen: [FeedState['status'], string | null][] = [];
  const signs = createTopicFeedState({
    silentAfterMs: 3 * MINUTE_MS,
    clock,
    report: ({ status }, problem) => void seen.push([status, problem?.id ?? null]),
  });
  const last = () => seen.at(-1);

  // Ticks from before the start have no effect until all of them are read.
  signs.appended(AT - MINUTE_MS);
  expect(seen).toEqual([]);
  signs.caughtUp();
  expect(last()).toEqual(['live', null]);

  await clock.advance(3 * MINUTE_MS);
  expect(last()).toEqual(['stale', 'silent-feed']);
  signs.appended(clock.now());
  await clock.advance(5_000);
  expect(last()).toEqual(['live', null]);

  signs.failed({ error: new Error('connection refused'), retryAt: clock.now() + 1_000 });
  expect(last()).toEqual(['offline', null]);
  signs.failed(null);
  expect(last()).toEqual(['live', null]);
  signs.stop();
});
