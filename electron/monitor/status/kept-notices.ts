import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Problem } from '../../../shared/domain/problem.ts';
import { type Message, messageSchema, text, verbatim } from '../../../shared/messages/message.ts';
import { removeDrafts, replaceFileSync } from '../files/atomic-file.ts';

const fileSchema = z.array(
  z.object({
    id: z.string(),
    // Earlier versions kept the English text.
    message: z.union([messageSchema, z.string().transform(verbatim)]),
    lasts: z.boolean(),
    isDismissed: z.boolean(),
  }),
);
type Notice = z.infer<typeof fileSchema>[number];

/** What the user must not miss, from one start to the next, until they dismiss it. */
export type KeptNotices = {
  /** Those that were not dismissed, oldest first. */
  list(): readonly Problem[];
  /**
   * What the parts of the program report, with all that is kept. What a part reports as kept is added the first time that
   * it does so in this run; the part itself will not know it after a restart.
   */
  withReported(problems: readonly (Problem | null)[]): readonly Problem[];
  /** Something happened; it is told until it is dismissed. The same message is kept once. */
  add(kind: string, content: Message): void;
  /** Something is so: it is told until it is dismissed, and never again while it stays; null ends it. */
  hold(kind: string, content: Message | null): void;
  /** @throws Error when the file cannot be written; the notice then stays. One that is not there is no error. */
  dismiss(id: string): void;
  /** Calls the listener whenever `list` may give something else. */
  subscribe(listener: () => void): void;
};

/** Opens the file; one that is not there, or that is damaged, holds no notices. */
export function openKeptNotices(path: string): KeptNotices {
  removeDrafts(path);
  let notices: readonly Notice[] = read(path);
  const listeners: (() => void)[] = [];

  const take = (next: readonly Notice[]): void => {
    notices = next;
    for (const listener of listeners) listener();
  };

  const write = (next: readonly Notice[]): void => {
    if (JSON.stringify(next) === JSON.stringify(notices)) return;
    replaceFileSync(path, `${JSON.stringify(next, null, 2)}\n`);
    take(next);
  };
  /** What cannot be written is told at least in this run. */
  const writeOrRemember = (next: readonly Notice[]): void => {
    try {
      write(next);
    } catch {
      take(next);
    }
  };

  const list = (): readonly Problem[] =>
    notices
      .filter(({ isDismissed }) => !isDismissed)
      .map(({ id, message }) => ({ id, message, isKept: true }));

  /** Whether a notice says this already; one that an earlier version kept as text gets its code. */
  const takeOver = (message: Message, of: (notice: Notice) => boolean = () => true): boolean => {
    const same = notices.find((notice) => of(notice) && isSame(notice.message, message));
    if (same?.message.code === 'verbatim') {
      writeOrRemember(notices.map((notice) => (notice === same ? { ...notice, message } : notice)));
    }
    return same !== undefined;
  };

  const add = (kind: string, message: Message): void => {
    if (takeOver(message)) return;
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
      if (message !== null && takeOver(message, ({ id }) => id === kind)) return;
      const others = notices.filter(({ id }) => id !== kind);
      writeOrRemember(
        message === null ? others : [...others, { id: kind, message, lasts: true, isDismissed: false }],
      );
    },
    dismiss(id) {
      write(
        notices
          // An event is over when it is dismissed; that a condition was dismissed is remembered while it lasts.
          .filter((notice) => notice.id !== id || notice.lasts)
          .map((notice) => (notice.id === id ? { ...notice, isDismissed: true } : notice)),
      );
    },
    subscribe(listener) {
      listeners.push(listener);
    },
  };
}

/** By the text: a notice that an earlier version kept as text is the same as today's with a code. */
const isSame = (one: Message, other: Message): boolean => text(one) === text(other);

function read(path: string): readonly Notice[] {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return []; // losing a notice must not keep the program from starting
  }
}
