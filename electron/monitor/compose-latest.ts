import type { Problem } from '../../shared/domain/problem.ts';
import type { OpenParts } from './async/open-parts.ts';
import type { LatestStore } from './latest/latest-store.ts';
import { createMemoryLatestStore } from './latest/memory-latest-store.ts';
import { readRedisSettings } from './latest/redis/redis-settings.ts';
import type { Logger } from './logging/logger.ts';
import { type Clock, systemClock } from './time/clock.ts';

export type LatestStoreParts = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** Called with the problem of Redis, or null, when it has changed. */
  readonly report: (problem: Problem | null) => void;
};

/**
 * The latest quotes in Redis; null without `REDIS_URL`.
 *
 * @throws SettingsError when a variable is invalid
 */
export async function openSharedLatest(
  options: LatestStoreParts,
  parts: OpenParts,
): Promise<LatestStore | null> {
  const { env, clock, random, log, report } = options;
  const settings = readRedisSettings(env);
  if (settings === null) return null;
  // The Redis client is loaded only if needed: it takes 30 MB.
  const { openRedisLatestStore } = await import('./latest/redis/redis-latest-store.ts');
  let reported: string | null = null;
  const store = openRedisLatestStore({
    settings,
    now: clock.now,
    random,
    log,
    report(problem) {
      const text = problem && JSON.stringify(problem);
      if (text === reported) return;
      reported = text;
      report(problem);
    },
  });
  return parts.add(store, (opened) => opened.close());
}

/** The latest quotes in the memory of this process. */
export function openOwnLatest(clock: Clock): LatestStore {
  return createMemoryLatestStore({ now: clock.now, realNow: systemClock.now });
}
