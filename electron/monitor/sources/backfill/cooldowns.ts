import type { Clock } from '../../time/clock.ts';

/** Keys with a cooldown that has not ended yet. */
export type Cooldowns = {
  /** Starts a cooldown, or keeps the rest of an earlier one when that is longer. */
  start(key: string, ms: number): void;
  isActive(key: string): boolean;
  /** 0 without a cooldown. */
  remainingMs(key: string): number;
};

export function createCooldowns(clock: Clock): Cooldowns {
  const cooldowns = new Map<string, { readonly startedAt: number; readonly until: number }>();

  const remainingMs = (key: string): number => {
    const cooldown = cooldowns.get(key);
    const now = clock.now();
    // A time before the start of the cooldown: the clock was set back, so its remaining time is unknown and it ends.
    if (cooldown !== undefined && now >= cooldown.startedAt && now < cooldown.until)
      return cooldown.until - now;
    cooldowns.delete(key);
    return 0;
  };

  return {
    remainingMs,
    isActive: (key) => remainingMs(key) > 0,
    start(key, ms) {
      const now = clock.now();
      cooldowns.set(key, { startedAt: now, until: now + Math.max(ms, remainingMs(key)) });
    },
  };
}
