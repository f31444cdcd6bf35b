import { existsSync, readFileSync, renameSync } from 'node:fs';
import { z } from 'zod';
import { type Message, message } from '../../../../shared/messages/message.ts';
import { removeDrafts, replaceFileSync } from '../../files/atomic-file.ts';
import { fileError, fileMessage } from '../../files/file-error.ts';
import type { CallsMade } from './admission.ts';

const count = z.int().nonnegative();
const accountSchema = z.object({
  /** By UTC month, `2026-11`. */
  months: z.record(
    z.string().regex(/^\d{4}-\d{2}$/),
    z.object({ price: count, history: count, catalog: count }),
  ),
  recent: z.array(z.number()),
});
const ledgerSchema = z.object({ accounts: z.record(z.string(), accountSchema) });

/** The calls of one account by month, and the times of the last minute. */
export type AccountCalls = {
  readonly months: Readonly<Record<string, CallsMade['counts']>>;
  readonly recent: readonly number[];
};

/** Months that are kept: the current one, and enough of the past in case the clock is set back. */
const MONTHS_KEPT = 3;

/** The file that stores the counts of calls across restarts. */
export type CallLedger = {
  read(account: string): AccountCalls;
  /**
   * Replaces the account's entry on disk atomically.
   *
   * @throws Error that names the file when it cannot be written
   */
  write(account: string, calls: AccountCalls): void;
  /** What was wrong with the file and where it was renamed to; null when it was valid. */
  readonly problem: Message | null;
};

/**
 * Opens the ledger. An invalid file is renamed to `….bad` and counting restarts: too low a count causes a few
 * refusals by the provider, which is better than not starting.
 */
export function openCallLedger(path: string): CallLedger {
  removeDrafts(path);
  const { accounts, problem } = readLedger(path);
  return {
    problem,
    read: (account) => accounts.get(account) ?? { months: {}, recent: [] },
    write(account, calls) {
      const months = Object.entries(calls.months)
        .toSorted(([a], [b]) => (a < b ? 1 : -1))
        .slice(0, MONTHS_KEPT);
      accounts.set(account, { months: Object.fromEntries(months), recent: calls.recent });
      try {
        replaceFileSync(path, `${JSON.stringify({ accounts: Object.fromEntries(accounts) })}\n`);
      } catch (cause) {
        throw fileError('write', path, cause);
      }
    },
  };
}

function readLedger(path: string): { accounts: Map<string, AccountCalls>; problem: Message | null } {
  try {
    const { accounts } = ledgerSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    return { accounts: new Map(Object.entries(accounts)), problem: null };
  } catch (cause) {
    const accounts = new Map<string, AccountCalls>();
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')
      return { accounts, problem: null };
    return { accounts, problem: renameDamaged(path, cause) };
  }
}

function renameDamaged(path: string, cause: unknown): Message {
  const isContent = cause instanceof SyntaxError || cause instanceof z.ZodError;
  const reason = isContent ? message('calls-file.not-a-count', { path }) : fileMessage('read', path, cause);
  let renamedTo = `${path}.bad`;
  for (let number = 2; existsSync(renamedTo); number++) renamedTo = `${path}.bad-${number}`;
  try {
    renameSync(path, renamedTo);
    return message('calls-file.damaged', { reason, keptAs: renamedTo });
  } catch (error) {
    return message('calls-file.damaged-in-place', { reason, failure: fileMessage('rename', path, error) });
  }
}
