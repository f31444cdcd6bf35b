import type { Problem } from '../../../../shared/domain/problem.ts';
import type { Logger } from '../../logging/logger.ts';
import type { Clock } from '../../time/clock.ts';
import {
  type Admission,
  admit,
  type CallCounts,
  type CallKind,
  NO_CALLS,
  totalOf,
  WINDOW_MS,
} from './admission.ts';
import { type AccountCalls, openCallLedger } from './call-ledger.ts';
import { monthOf } from './month.ts';
import type { Plan, PlanLimits } from './plan.ts';
import { type PollInterval, pollInterval } from './poll-interval.ts';

/** Whose calls are counted, and against what. */
export type BudgetAccount = {
  /** Tells keys apart without holding one; see `accountId`. */
  readonly id: string;
  readonly plan: Plan;
  readonly limits: PlanLimits;
};

/** Counts every call to the provider and refuses those that its plan does not allow. */
export type CallBudget = {
  /** Counts a call that is about to be made, or says why it must not be and when it may. */
  tryTake(kind: CallKind): Admission;
  /** Takes a call off the month's count that the provider never saw: a machine may be offline for days. */
  giveBack(kind: CallKind): void;
  /** Whether a call would be let through, without counting it. */
  look(kind: CallKind): Admission;
  used(): number;
  /** Calls left this month; null where no month is counted. */
  left(): number | null;
  account(): BudgetAccount;
  interval(wishedSeconds: number | null, callsPerPoll: number): PollInterval;
  /** Counts for another account from now on: a key that was refused, or limits that were learned. */
  use(account: BudgetAccount): void;
  /** The provider's own count of this month; ours is raised to it, and never lowered. */
  atLeast(usedThisMonth: number): void;
  /** What is wrong with the file of counts, or was when it was opened (`isKept`). */
  problem(): Omit<Problem, 'id'> | null;
  /** Writes what is not written yet. */
  close(): void;
};

export type CallBudgetOptions = {
  readonly path: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly account: BudgetAccount;
};

/** Without a limit nothing depends on the count but the figure on the page; it is written once in this many calls. */
const UNLIMITED_WRITE_EVERY = 100;

/**
 * A budget over a file. A call is written down before it is made, so that neither a crash nor a loop of restarts makes
 * more calls than the plan allows. While the file cannot be written, the count goes on in memory.
 */
export function createCallBudget({ path, clock, log, account: first }: CallBudgetOptions): CallBudget {
  const ledger = openCallLedger(path);
  if (ledger.problem !== null) log.warn(ledger.problem);
  let account = first;
  let calls: AccountCalls = ledger.read(account.id);
  let unwritten = 0;
  let writeProblem: string | null = null;

  const counts = (): CallCounts => calls.months[monthOf(clock.now())] ?? NO_CALLS;
  const look = (kind: CallKind): Admission =>
    admit(kind, account.limits, { counts: counts(), recent: calls.recent }, clock.now());

  const write = (): void => {
    unwritten = 0;
    try {
      ledger.write(account.id, calls);
      writeProblem = null;
    } catch (err) {
      const message = err instanceof Error ? err.message : String(err);
      if (writeProblem === null) log.error({ err }, 'calls to the provider cannot be counted on disk');
      writeProblem = `${message} A restart would forget how many calls were made this month.`;
    }
  };

  const setCounts = (next: CallCounts, recent: readonly number[]): void => {
    calls = { months: { ...calls.months, [monthOf(clock.now())]: next }, recent };
  };

  return {
    look,
    tryTake(kind) {
      const admission = look(kind);
      if (!admission.ok) return admission;
      const now = clock.now();
      const { perMinute, perMonth } = account.limits;
      const recent =
        perMinute === null
          ? []
          : [...calls.recent.map((at) => Math.min(at, now)).filter((at) => at > now - WINDOW_MS), now];
      const before = counts();
      setCounts({ ...before, [kind]: before[kind] + 1 }, recent);
      unwritten += 1;
      const isLimited = perMinute !== null || perMonth !== null;
      if (isLimited || unwritten >= UNLIMITED_WRITE_EVERY) write();
      return admission;
    },
    giveBack(kind) {
      const before = counts();
      if (before[kind] === 0) return;
      setCounts({ ...before, [kind]: before[kind] - 1 }, calls.recent);
      // Written with the next call; a count that is too high until then does no harm.
      unwritten += 1;
    },
    used: () => totalOf(counts()),
    left: () => {
      const { perMonth } = account.limits;
      return perMonth === null ? null : Math.max(0, perMonth - totalOf(counts()));
    },
    account: () => account,
    interval: (wishedSeconds, callsPerPoll) =>
      pollInterval({
        limits: account.limits,
        counts: counts(),
        now: clock.now(),
        wishedSeconds,
        callsPerPoll,
      }),
    use(next) {
      if (next.id !== account.id) {
        if (unwritten > 0) write();
        calls = ledger.read(next.id);
      }
      account = next;
    },
    atLeast(usedThisMonth) {
      const before = counts();
      const more = usedThisMonth - totalOf(before);
      if (more <= 0) return;
      // Made by other programs with this key, of which only prices are like ours.
      setCounts({ ...before, price: before.price + more }, calls.recent);
      write();
    },
    problem() {
      if (writeProblem !== null) return { message: writeProblem };
      return ledger.problem === null ? null : { message: ledger.problem, isKept: true };
    },
    close() {
      if (unwritten > 0) write();
    },
  };
}
