import { describe, expect, it } from 'vitest';
import { silentLog } from '../../monitor/logging/logger.ts';
import { virtualClock } from '../../monitor/time/clock.ts';
import { openSharedToken } from './shared-token.ts';

const AGREE_MS = 10_000;

/** Processes that agree on a token through a shared store, which can lose the token or become unavailable. */
function start() {
  const clock = virtualClock(0);
  let held: string | null = null;
  let isAway = false;
  const kept: string[] = [];
  const open = (own: string) =>
    openSharedToken({
      own,
      share: async (token) => {
        if (isAway) return null;
        held ??= token;
        return held;
      },
      keep: (token) => void kept.push(token),
      clock,
      log: silentLog,
    });
  return {
    clock,
    open,
    kept,
    held: () => held,
    lose: () => {
      held = null;
    },
    setAway: (away: boolean) => {
      isAway = away;
    },
  };
}

describe('the token of several processes', () => {
  it("is that of the first process, and the process's own token remains valid", async () => {
    const { open, kept } = start();
    const [first, second] = [await open('a'), await open('b')];
    expect([first.tokens(), second.tokens()]).toEqual([['a'], ['a', 'b']]);
    expect(kept).toEqual(['a']);
    for (const each of [first, second]) each.stop();
  });

  it('is agreed on later if Redis was unavailable at the start', async () => {
    const { clock, open, setAway } = start();
    setAway(true);
    const [first, second] = [await open('a'), await open('b')];
    expect([first.tokens(), second.tokens()]).toEqual([['a'], ['b']]);
    setAway(false);
    await clock.advance(AGREE_MS);
    expect(new Set([first.tokens()[0], second.tokens()[0]]).size).toBe(1);
    for (const each of [first, second]) each.stop();
  });

  it('is written again after it was lost, so that the next process gets the same one', async () => {
    const { clock, open, lose, held } = start();
    const [first, second] = [await open('a'), await open('b')];
    lose();
    await clock.advance(AGREE_MS);
    expect(held()).toBe('a');
    const third = await open('c');
    expect(third.tokens()).toEqual(['a', 'c']);
    for (const each of [first, second, third]) each.stop();
  });
});
