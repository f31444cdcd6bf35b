import { existsSync, readFileSync, renameSync } from 'node:fs';
import { z } from 'zod';
import { removeDrafts, replaceFileSync } from '../../files/atomic-file.ts';
import { describeFileError } from '../../files/file-error.ts';
import { asSentence } from '../../status/as-sentence.ts';
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

/** The calls of one account, by month, and the times of the last minute. */
export type AccountCalls = {
  readonly months: Readonly<Record<string, CallsMade['counts']>>;
  readonly recent: readonly number[];
};

/** Months that are kept: the present one, and enough of the past for a clock that is set back. */
const MONTHS_KEPT = 3;

/** The file in which calls are counted across restarts. */
export type CallLedger = {
  read(account: string): AccountCalls;
  /** Replaces the account's entry on disk, whole or not at all. @throws Error naming the file when it cannot be written */
  write(account: string, calls: AccountCalls): void;
  /** What was wrong with the file, and where it is kept; null when nothing was. */
  readonly problem: string | null;
};

/**
 * Opens the ledger. A file that cannot be read as one is kept as `….bad` and counting starts anew: too small a count may
 * cost a few refusals of the provider, no program at all would cost more.
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
        throw new Error(describeFileError('write', path, cause), { cause });
      }
    },
  };
}

function readLedger(path: string): { accounts: Map<string, AccountCalls>; problem: string | null } {
  try {
    const { accounts } = ledgerSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    return { accounts: new Map(Object.entries(accounts)), problem: null };
  } catch (cause) {
    const accounts = new Map<string, AccountCalls>();
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')
      return { accounts, problem: null };
    return { accounts, problem: setAside(path, cause) };
  }
}

function setAside(path: string, cause: unknown): string {
  const isContent = cause instanceof SyntaxError || cause instanceof z.ZodError;
  const reason = isContent ? `${path} is not a count of calls` : describeFileError('read', path, cause);
  let aside = `${path}.bad`;
  for (let number = 2; existsSync(aside); number++) aside = `${path}.bad-${number}`;
  try {
    renameSync(path, aside);
    return `${asSentence(reason)} Calls of this month are counted anew; the file is kept as ${aside}.`;
  } catch (error) {
    const failed = describeFileError('set aside', path, error);
    return `${asSentence(reason)} ${asSentence(failed)} Calls of this month are counted anew.`;
  }
}
