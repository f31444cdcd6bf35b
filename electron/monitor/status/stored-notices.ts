import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Problem } from '../../../shared/domain/problem.ts';
import { type Message, messageSchema, text, verbatim } from '../../../shared/messages/message.ts';
import { removeDrafts, replaceFileSync } from '../files/atomic-file.ts';

const fileSchema = z.array(
  z.object({
    id: z.string(),
    // Earlier versions stored the English text.
    message: z.union([messageSchema, z.string().transform(verbatim)]),
    lasts: z.boolean(),
    isDismissed: z.boolean(),
  }),
);
type Notice = z.infer<typeof fileSchema>[number];

/** Notices that are stored across restarts until the user dismisses them. */
export type StoredNotices = {
  /** The notices that were not dismissed, oldest first. */
  list(): readonly Problem[];
  /**
   * The stored notices, followed by the reported problems. A problem with `isKept` is added to the notices the first time that it
   * is reported in this run, because the part that reports it does not remember it after a restart.
   */
  withReported(problems: readonly (Problem | null)[]): readonly Problem[];
  /** Adds a notice of an event. The same message is stored once. */
  add(kind: string, content: Message): void;
  /** Sets the notice of a condition; null when the condition has ended. While it lasts, a dismissed notice stays dismissed. */
  hold(kind: string, content: Message | null): void;
  /** @throws Error when the file cannot be written; the notice is then kept. An unknown id is ignored. */
  dismiss(id: string): void;
  /** Calls the listener whenever the notices have changed. */
  subscribe(listener: () => void): void;
};

/** Opens the file. A missing or damaged file has no notices. */
export function openStoredNotices(path: string): StoredNotices {
  removeDrafts(path);
  let notices: readonly Notice[] = read(path);
  const listeners: (() => void)[] = [];

  const replace = (next: readonly Notice[]): void => {
    notices = next;
    for (const listener of listeners) listener();
  };

  const write = (next: readonly Notice[]): void => {
    if (JSON.stringify(next) === JSON.stringify(notices)) return;
    replaceFileSync(path, `${JSON.stringify(next, null, 2)}\n`);
    replace(next);
  };
  /** Notices that cannot be written are kept for this run. */
  const writeOrRemember = (next: readonly Notice[]): void => {
    try {
      write(next);
    } catch {
      replace(next);
    }
  };

  const list = (): readonly Problem[] =>
    notices
      .filter(({ isDismissed }) => !isDismissed)
      .map(({ id, message }) => ({ id, message, isKept: true }));

  /** Returns whether a notice already has this content. A notice that an earlier version stored as text gets the code. */
  const reuseNotice = (message: Message, of: (notice: Notice) => boolean = () => true): boolean => {
    const same = notices.find((notice) => of(notice) && isSame(notice.message, message));
    if (same?.message.code === 'verbatim') {
      writeOrRemember(notices.map((notice) => (notice === same ? { ...notice, message } : notice)));
    }
    return same !== undefined;
  };

  const add = (kind: string, message: Message): void => {
    if (reuseNotice(message)) return;
    let id = kind;
    for (let count = 2; notices.some((notice) => notice.id === id); count++) id = `${kind}-${count}`;
    writeOrRemember([...notices, { id, message, lasts: false, isDismissed: false }]);
  };

  const reported = new Set<string>();

  return {
    list,
    add,
    withReported(problems) {
      const others: Problem[] = [];
      for (const problem of problems) {
        if (problem === null) continue;
        if (!problem.isKept) others.push(problem);
        else if (!reported.has(text(problem.message))) add(problem.id, problem.message);
        if (problem.isKept) reported.add(text(problem.message));
      }
      return [...list(), ...others];
    },
    hold(kind, message) {
      if (message !== null && reuseNotice(message, ({ id }) => id === kind)) return;
      const others = notices.filter(({ id }) => id !== kind);
      writeOrRemember(
        message === null ? others : [...others, { id: kind, message, lasts: true, isDismissed: false }],
      );
    },
    dismiss(id) {
      write(
        notices
          // The notice of an event is removed; that of a condition stays dismissed while the condition lasts.
          .filter((notice) => notice.id !== id || notice.lasts)
          .map((notice) => (notice.id === id ? { ...notice, isDismissed: true } : notice)),
      );
    },
    subscribe(listener) {
      listeners.push(listener);
    },
  };
}

/** Compares the texts: a notice that an earlier version stored as text equals today's with a code. */
const isSame = (one: Message, other: Message): boolean => text(one) === text(other);

function read(path: string): readonly Notice[] {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return []; // a lost notice must not prevent a start
  }
}
