import { describe, expect, it } from 'vitest';
import type { Message } from '../../../../shared/messages/message.ts';
import { textOf } from '../../../../tests/text-of.ts';
import { silentLog } from '../../../monitor/logging/logger.ts';
import { virtualClock } from '../../../monitor/time/clock.ts';
import { createPageRecovery } from './page-recovery.ts';

const CRASH = { reason: 'crashed', exitCode: 139 } as const;

function recovery() {
  const clock = virtualClock(0);
  const reloadedAt: number[] = [];
  const problems: (Message | null)[] = [];
  const page = createPageRecovery({
    reload: () => reloadedAt.push(clock.now()),
    onProblem: (problem) => problems.push(problem),
    clock,
    random: () => 0.999_999,
    log: silentLog,
  });
  return { clock, page, reloadedAt, problems };
}

describe('a page whose process crashes', () => {
  it('is reloaded, and a problem is reported until it is loaded', async () => {
    const { clock, page, reloadedAt, problems } = recovery();
    page.loaded();
    page.gone(CRASH);
    expect(textOf(problems.at(-1))).toBe('The window’s page crashed and is being reloaded');
    await clock.advance(5_000);
    expect(reloadedAt).toHaveLength(1);
    page.loaded();
    expect(problems.at(-1)).toBeNull();
  });

  it('is reloaded with growing delays while it keeps crashing, and immediately again after it was stable', async () => {
    const { clock, page, reloadedAt } = recovery();
    for (let crash = 0; crash < 8; crash++) {
      page.gone(CRASH);
      page.gone(CRASH); // one process, reported twice
      await clock.advance(300_000);
      page.loaded();
      await clock.advance(1_000);
    }
    expect(reloadedAt.map((at, index) => Math.round((at - index * 301_000) / 1_000))).toEqual([
      1, 3, 9, 27, 81, 243, 300, 300,
    ]);
    await clock.advance(60_000);
    const crashedAt = clock.now();
    page.gone(CRASH);
    await clock.advance(300_000);
    expect((reloadedAt.at(-1) ?? 0) - crashedAt).toBe(1_000);
  });

  it('is not reloaded after a normal exit or when the program ends', async () => {
    const { clock, page, reloadedAt } = recovery();
    page.gone({ reason: 'clean-exit', exitCode: 0 });
    page.gone(CRASH);
    page.stop();
    await clock.advance(600_000);
    expect(reloadedAt).toEqual([]);
  });
});
