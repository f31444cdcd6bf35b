import type { Problem } from '../../../../shared/domain/problem.ts';
import { type Message, message, text } from '../../../../shared/messages/message.ts';
import { messageOf } from '../../../../shared/messages/message-error.ts';
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
import { monthOf } from './credit-month.ts';
import type { Plan, PlanLimits } from './plan.ts';
import { type PollInterval, pollInterval } from './poll-interval.ts';

/** The account whose calls are counted, with its limits. */
export type BudgetAccount = {
  /** Distinguishes keys without containing one; see `accountOf`. */
  readonly id: string;
  readonly plan: Plan;
  readonly limits: PlanLimits;
};

/** Counts every call to the provider and refuses those that exceed the plan. */
export type CallBudget = {
  /** Counts a call that is about to be made, or refuses it with the reason and when to retry. */
  tryAcquire(kind: CallKind): Admission;
  /** Subtracts a call that was never sent from the month's count: a machine may be offline for days. */
  refund(kind: CallKind): void;
  /** Checks whether a call would be admitted, without counting it. */
  check(kind: CallKind): Admission;
  used(): number;
  /** Calls left this month; null without a monthly limit. */
  left(): number | null;
  account(): BudgetAccount;
  interval(preferredSeconds: number | null, callsPerPoll: number): PollInterval;
  /** Switches to another account, after a key was refused or its limits became known. */
  use(account: BudgetAccount): void;
  /** Raises this month's count to the provider's own; it is never lowered. */
  raiseTo(usedThisMonth: number): void;
  /** What is wrong with the file of counts, or was wrong when it was opened (`isKept`). */
  problem(): Omit<Problem, 'id'> | null;
  /** Writes pending counts. */
  close(): void;
};

export type CallBudgetOptions = {
  readonly path: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly account: BudgetAccount;
};

/** Without limits, the count is only displayed, so it is written once in this many calls. */
const UNLIMITED_WRITE_EVERY = 100;

/**
 * Creates a budget that is stored in a file. A call is written before it is made, so that neither a crash nor a
 * restart loop exceeds the limits. While the file cannot be written, counting continues in memory.
 */
export function createCallBudget({ path, clock, log, account: first }: CallBudgetOptions): CallBudget {
  const ledger = openCallLedger(path);
  if (ledger.problem !== null) log.warn(text(ledger.problem));
  let account = first;
  let calls: AccountCalls = ledger.read(account.id);
  let unwritten = 0;
  let writeProblem: Message | null = null;

  const counts = (): CallCounts => calls.months[monthOf(clock.now())] ?? NO_CALLS;
  const check = (kind: CallKind): Admission =>
    admit(kind, account.limits, { counts: counts(), recent: calls.recent }, clock.now());

  const write = (): void => {
    unwritten = 0;
    try {
      ledger.write(account.id, calls);
      writeProblem = null;
    } catch (err) {
      if (writeProblem === null) log.error({ err }, 'calls to the provider cannot be counted on disk');
      writeProblem = message('calls-file.unwritable', { reason: messageOf(err) });
    }
  };

  const setCounts = (next: CallCounts, recent: readonly number[]): void => {
    calls = { months: { ...calls.months, [monthOf(clock.now())]: next }, recent };
  };

  return {
    check,
    tryAcquire(kind) {
      const admission = check(kind);
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
    refund(kind) {
      const before = counts();
      if (before[kind] === 0) return;
      setCounts({ ...before, [kind]: before[kind] - 1 }, calls.recent);
      // Written with the next call; until then the stored count is too high, which is harmless.
      unwritten += 1;
    },
    used: () => totalOf(counts()),
    left: () => {
      const { perMonth } = account.limits;
      return perMonth === null ? null : Math.max(0, perMonth - totalOf(counts()));
    },
    account: () => account,
    interval: (preferredSeconds, callsPerPoll) =>
      pollInterval({
        limits: account.limits,
        counts: counts(),
        now: clock.now(),
        preferredSeconds,
        callsPerPoll,
      }),
    use(next) {
      if (next.id !== account.id) {
        if (unwritten > 0) write();
        calls = ledger.read(next.id);
      }
      account = next;
    },
    raiseTo(usedThisMonth) {
      const before = counts();
      const more = usedThisMonth - totalOf(before);
      if (more <= 0) return;
      // Calls of other programs with this key are counted as prices.
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
