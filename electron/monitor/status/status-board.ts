import type { Problem } from '../../../shared/domain/problem.ts';
import type { Status } from '../../../shared/domain/status.ts';

/** Each part's own view of how it is doing, asked when a status is put together. */
export type StatusParts = {
  readonly [Part in Exclude<keyof Status, 'problems'>]: () => Status[Part];
} & { readonly problems: () => readonly (Problem | null)[] };

export type StatusBoard = {
  current(): Status;
  /** A part changed. What happens within the same turn of the event loop is told once, and only when it differs. */
  changed(): void;
  /** From now on nothing is told: parts are being closed. */
  close(): void;
};

export function createStatusBoard(parts: StatusParts, onStatus: (status: Status) => void): StatusBoard {
  let scheduled = false;
  let isClosed = false;
  let lastTold = '';

  const current = (): Status => ({
    feed: parts.feed(),
    database: parts.database(),
    queue: parts.queue(),
    alertsFile: parts.alertsFile(),
    ...optional('exchanges', parts.exchanges()),
    ...optional('budget', parts.budget()),
    ...optional('backfill', parts.backfill()),
    problems: parts.problems().filter((problem) => problem !== null),
  });

  return {
    current,
    changed() {
      if (scheduled) return;
      scheduled = true;
      setImmediate(() => {
        scheduled = false;
        if (isClosed) return;
        const status = current();
        const text = JSON.stringify(status);
        if (text === lastTold) return;
        lastTold = text;
        onStatus(status);
      });
    },
    close() {
      isClosed = true;
    },
  };
}

/** A field that is left out while it has no value. */
function optional<Name extends string, Value>(name: Name, value: Value | undefined): { [N in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [N in Name]: Value });
}
