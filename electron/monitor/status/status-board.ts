import type { Problem } from '../../../shared/domain/problem.ts';
import type { Status } from '../../../shared/domain/status.ts';
import type { KeptNotices } from './kept-notices.ts';

type Queue = Status['queue'];

/** What parts report of themselves. `queue` has two reporters: the log knows the dead letters, the store what waits. */
export type PartStates = Omit<Status, 'queue' | 'problems'> & Queue;

/** The state of the program: the last that each part has reported. */
export type StatusBoard = {
  /** These states are so from now on; `undefined` for what there is not any more. */
  report(states: { readonly [Part in keyof PartStates]?: PartStates[Part] | undefined }): void;
  /**
   * Makes a reporter of problems. What it is called with are the reporter's problems from now on, in place of those that it
   * reported before. Problems are listed in the order in which their reporters were made.
   */
  reporter(): (...problems: readonly (Problem | null)[]) => void;
  current(): Status;
  /** From now on `onStatus` is not called: parts are being closed. */
  close(): void;
};

/** What a monitor is before its parts have reported anything. */
export const INITIAL_STATES: Omit<PartStates, 'alertsFile'> = {
  feed: { status: 'starting' },
  database: { status: 'starting' },
  waitingTicks: 0,
  deadLetters: 0,
};

/**
 * @param onStatus is called with a status that differs from the last one, once for all that is reported within the same turn
 *   of the event loop
 */
export function createStatusBoard(
  initial: PartStates,
  notices: Pick<KeptNotices, 'withReported' | 'subscribe'>,
  onStatus: (status: Status) => void,
): StatusBoard {
  let states = initial;
  const problems: (readonly Problem[])[] = [];
  let isScheduled = false;
  let isClosed = false;
  let lastText = '';

  const current = (): Status => {
    const { waitingTicks, deadLetters, ...others } = states;
    return {
      ...others,
      queue: { waitingTicks, deadLetters },
      problems: notices.withReported(problems.flat()),
    };
  };

  const changed = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      if (isClosed) return;
      const status = current();
      const text = JSON.stringify(status);
      if (text === lastText) return;
      lastText = text;
      onStatus(status);
    });
  };
  notices.subscribe(changed);

  return {
    report(news) {
      const next: Record<string, unknown> = { ...states, ...news };
      for (const [name, state] of Object.entries(next)) if (state === undefined) delete next[name];
      states = next as PartStates;
      changed();
    },
    reporter() {
      const place = problems.push([]) - 1;
      return (...reported) => {
        problems[place] = reported.filter((problem) => problem !== null);
        changed();
      };
    },
    current,
    close() {
      isClosed = true;
    },
  };
}
