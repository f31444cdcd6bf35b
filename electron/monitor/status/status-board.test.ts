import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../shared/domain/problem.ts';
import type { Status } from '../../../shared/domain/status.ts';
import { verbatim } from '../../../shared/messages/message.ts';
import { createStatusBoard, INITIAL_STATES } from './status-board.ts';

const problem = (id: string): Problem => ({ id, message: verbatim(`${id} is broken.`) });

function board() {
  const listeners: (() => void)[] = [];
  const kept: Problem[] = [];
  const statuses: Status[] = [];
  const made = createStatusBoard(
    {
      ...INITIAL_STATES,
      alertsFile: { path: '/alerts.txt', isWritten: false, error: null, waitingLines: 0 },
    },
    {
      withReported: (problems) => [...kept, ...problems.filter((each) => each !== null)],
      subscribe: (listener) => listeners.push(listener),
    },
    (status) => statuses.push(status),
  );
  return {
    board: made,
    statuses,
    keep(notice: Problem) {
      kept.push(notice);
      for (const listener of listeners) listener();
    },
  };
}

describe('the status board', () => {
  it('passes on once what is reported within a turn, and only what differs', async () => {
    const { board: status, statuses } = board();
    status.report({ waitingTicks: 3 });
    status.report({ deadLetters: 1, backfill: { done: 0, total: 2 } });
    expect(statuses).toEqual([]);
    expect(status.current().queue).toEqual({ waitingTicks: 3, deadLetters: 1 });
    await nextTurn();
    expect(statuses).toEqual([status.current()]);
    status.report({ waitingTicks: 3 });
    await nextTurn();
    expect(statuses).toHaveLength(1);
    status.report({ backfill: undefined });
    await nextTurn();
    expect(statuses.at(-1)).not.toHaveProperty('backfill');
  });

  it('passes on what was noted with the next report', async () => {
    const { board: status, statuses } = board();
    status.report({ deadLetters: 1 });
    await nextTurn();
    status.note({ backfill: { done: 0, total: 2 } });
    expect(status.current().backfill).toEqual({ done: 0, total: 2 });
    await nextTurn();
    expect(statuses).toHaveLength(1);
    status.report({ deadLetters: 1 });
    await nextTurn();
    expect(statuses.slice(1)).toEqual([status.current()]);
  });

  it('does not pass on how many ticks wait for the next write of a database that is ready', async () => {
    const { board: status, statuses } = board();
    status.report({ database: { status: 'ready', kind: 'embedded' }, waitingTicks: 3 });
    await nextTurn();
    const numbers = async (waitingTicks: number): Promise<readonly number[]> => {
      status.report({ waitingTicks });
      await nextTurn();
      expect(status.current().queue.waitingTicks).toBe(waitingTicks);
      return statuses.map(({ queue }) => queue.waitingTicks);
    };
    expect(await numbers(9_999)).toEqual([3]);
    expect(await numbers(10_000)).toEqual([3, 10_000]);
    expect(await numbers(10_001)).toEqual([3, 10_000, 10_001]);
    expect(await numbers(0)).toEqual([3, 10_000, 10_001, 0]);
  });

  it('lists problems in the order in which their reporters were created, until they are over', async () => {
    const { board: status, statuses } = board();
    const [ofLog, ofFeed] = [status.reporter(), status.reporter()];
    ofFeed(problem('feed'), null);
    ofLog(problem('disk'), problem('record'));
    expect(status.current().problems.map(({ id }) => id)).toEqual(['disk', 'record', 'feed']);
    ofLog(null);
    await nextTurn();
    expect(statuses.map(({ problems }) => problems.map(({ id }) => id))).toEqual([['feed']]);
  });

  it('follows the kept notices', async () => {
    const { statuses, keep } = board();
    keep(problem('journal'));
    await nextTurn();
    expect(statuses.map(({ problems }) => problems.map(({ id }) => id))).toEqual([['journal']]);
  });

  it('reports nothing after it was closed', async () => {
    const { board: status, statuses } = board();
    status.report({ waitingTicks: 3 });
    status.close();
    await nextTurn();
    expect(statuses).toEqual([]);
  });
});
