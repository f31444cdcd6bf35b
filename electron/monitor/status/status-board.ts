import type { Problem } from '../../../shared/domain/problem.ts';
import { queueIsUsual, type Status } from '../../../shared/domain/status.ts';
import type { StoredNotices } from './stored-notices.ts';

type Queue = Status['queue'];

/** The states that parts report. The log reports the dead letters of `queue`, the store the waiting ticks. */
export type PartStates = Omit<Status, 'queue' | 'problems'> & Queue;

type ReportedStates = { readonly [Part in keyof PartStates]?: PartStates[Part] | undefined };

/** The state of the program, as last reported by its parts. */
export type StatusBoard = {
  /** Replaces these states; `undefined` removes one. */
  report(states: ReportedStates): void;
  /** Like `report`, but for what can wait: `onStatus` is called with it when something else is reported. */
  note(states: ReportedStates): void;
  /**
   * Creates a reporter of problems. Each call replaces the problems of the one before. Problems are listed in the order in
   * which their reporters were created.
   */
  reporter(): (...problems: readonly (Problem | null)[]) => void;
  current(): Status;
  /** Stops calls of `onStatus`, because parts are being closed. */
  close(): void;
};

/** The states before parts have reported theirs. */
export const INITIAL_STATES: PartStates = {
  feed: { status: 'starting' },
  database: { status: 'starting' },
  waitingTicks: 0,
  deadLetters: 0,
};

/** Notices that users dismiss exist in a program with a single user; a process of several writes log lines. */
export const NO_NOTICES: Pick<StoredNotices, 'withReported' | 'subscribe'> = {
  withReported: (problems) => problems.filter((problem) => problem !== null),
  subscribe: () => undefined,
};

/** A status as it is shown: the number of ticks changes with every batch, and is not shown while it is as usual. */
const shownOf = (status: Status): Status =>
  queueIsUsual(status) ? { ...status, queue: { ...status.queue, waitingTicks: 0 } } : status;

/** @param onStatus is called when what is shown of the status has changed, at most once per turn of the event loop */
export function createStatusBoard(
  initial: PartStates,
  notices: Pick<StoredNotices, 'withReported' | 'subscribe'>,
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
      const text = JSON.stringify(shownOf(status));
      if (text === lastText) return;
      lastText = text;
      onStatus(status);
    });
  };
  notices.subscribe(changed);

  const note = (news: ReportedStates): void => {
    const next: Record<string, unknown> = { ...states, ...news };
    for (const [name, state] of Object.entries(next)) if (state === undefined) delete next[name];
    states = next as PartStates;
  };

  return {
    report(news) {
      note(news);
      changed();
    },
    note,
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
