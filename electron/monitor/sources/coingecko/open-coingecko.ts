import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { BudgetStatus } from '../../../../shared/domain/budget-status.ts';
import type { Problem } from '../../../../shared/domain/problem.ts';
import { type Message, message, text } from '../../../../shared/messages/message.ts';
import { faultOfApiKey } from '../../../../shared/settings/api-key.ts';
import type { Logger } from '../../logging/logger.ts';
import type { Clock } from '../../time/clock.ts';
import type { Admission, CallKind } from '../budget/admission.ts';
import { type CallBudget, createCallBudget } from '../budget/call-budget.ts';
import { defaultBaseUrl, type Plan, planOf } from '../budget/plan.ts';
import { FeedError, type PriceRequest, type PriceSource } from '../price-source.ts';
import { accountOf, type KeyVerdict } from './check-key.ts';
import { coinGeckoSource } from './coingecko.ts';
import type { CoinGeckoAccess } from './coingecko-client.ts';
import { splitIds } from './coingecko-url.ts';
import { createKeyWatch } from './key-watch.ts';
import { createRequestGate } from './request-gate.ts';

const MINUTE_MS = 60_000;
/** The provider with its key, budget and price source. */
export type CoinGecko = {
  /** The current access. It changes when the key proves to be of another plan or invalid, so do not store it. */
  access(): CoinGeckoAccess;
  /** The price source with the current access. It waits when the limit per minute requires it. */
  readonly source: PriceSource;
  readonly budget: CallBudget;
  status(): BudgetStatus;
  problems(): readonly Problem[];
  /**
   * Starts checking the key in the background. `onAccess` is called when the access has changed, so that prices
   * should be fetched now.
   */
  start(onAccess: () => void): void;
  /** The requested interval or coins have changed: reports the budget for them. */
  requestChanged(): void;
  stop(): Promise<void>;
};

export type CoinGeckoOptions = {
  readonly dataDir: string;
  /** A malformed key is reported as a problem and not used. */
  readonly apiKey: string | null;
  /** The user's base URL; null for that of the plan. */
  readonly baseUrl: string | null;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** Replaces the global `fetch`, such as by one through a proxy or by that of the desktop session. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** The latest plausible time of a price; derived from the clock when absent. */
  readonly latest?: () => number;
  readonly preferredSeconds: () => number | null;
  readonly request: () => PriceRequest;
  /**
   * Called with the budget at the start and with every call.
   *
   * @param isPolling whether it is a call of a poll, which has not ended
   */
  readonly reportBudget: (budget: BudgetStatus, isPolling: boolean) => void;
  /** Called with the problems at the start and when they may have changed. */
  readonly reportProblems: (...problems: readonly (Problem | null)[]) => void;
};

export function openCoinGecko(options: CoinGeckoOptions): CoinGecko {
  const { clock, random, log, reportBudget, reportProblems } = options;
  const keyFault = options.apiKey === null ? null : faultOfApiKey(options.apiKey);
  const apiKey = keyFault === null ? options.apiKey : null;
  const plan = planOf(apiKey, options.baseUrl);

  const urlOf = (of: Plan): string => options.baseUrl ?? defaultBaseUrl(of);
  const budget = createCallBudget({
    path: join(options.dataDir, 'calls.json'),
    clock,
    log,
    account: accountOf({ plan, apiKey, baseUrl: urlOf(plan) }, digest),
  });
  let counted: { readonly coins: readonly string[]; readonly calls: number } = { coins: [], calls: 1 };
  const callsPerPoll = (): number => {
    const { coins } = options.request();
    if (coins !== counted.coins) counted = { coins, calls: Math.max(1, splitIds(coins).length) };
    return counted.calls;
  };
  const status = (): BudgetStatus => {
    const { seconds, reason } = budget.interval(options.preferredSeconds(), callsPerPoll());
    return {
      plan: budget.account().plan,
      usedThisMonth: budget.used(),
      leftThisMonth: budget.left(),
      intervalSeconds: seconds,
      reason,
    };
  };
  const ledgerProblem = (): Problem | null => {
    const problem = budget.problem();
    return problem === null ? null : { id: 'calls-file', ...problem };
  };
  let keyProblem = keyFault === null ? null : unusableKeyProblem(keyFault);
  if (keyProblem !== null) log.warn(text(keyProblem.message));
  const problems = (): readonly Problem[] =>
    [keyProblem, ledgerProblem()].filter((problem) => problem !== null);

  let reportedLedger: Message | null = null;
  const counting = {
    tryAcquire(kind: CallKind): Admission {
      const admission = budget.tryAcquire(kind);
      reportBudget(status(), kind === 'price');
      const ledger = ledgerProblem()?.message ?? null;
      if (ledger !== reportedLedger) reportProblems(...problems());
      reportedLedger = ledger;
      return admission;
    },
    refund(kind: CallKind): void {
      budget.refund(kind);
      reportBudget(status(), kind === 'price');
    },
  };
  const gate = createRequestGate({ budget: counting, clock });
  const accessOf = (of: Plan): CoinGeckoAccess => ({
    baseUrl: urlOf(of),
    apiKey: of === 'keyless' ? null : apiKey,
    plan: of,
    gate,
    ...(options.fetch && { fetch: options.fetch }),
  });

  let access = accessOf(plan);
  const { latest } = options;
  let prices = coinGeckoSource({ ...access, clock, latest });
  let onAccess = (): void => undefined;

  const applyVerdict = (verdict: KeyVerdict): void => {
    const before = access;
    const hadProblem = keyProblem !== null;
    keyProblem = verdict.isValid ? null : problemOf(verdict.reason);
    access = verdict.isValid ? verdict.access : accessOf('keyless');
    budget.use(accountOf(access, digest, verdict.isValid ? verdict.limits : undefined));
    if (verdict.isValid && verdict.usedThisMonth !== null) budget.raiseTo(verdict.usedThisMonth);
    if (verdict.isValid)
      log.info({ plan: access.plan, limits: budget.account().limits }, 'the API key is valid');
    else if (!hadProblem && keyProblem !== null) log.warn(text(keyProblem.message));
    if (access.plan !== before.plan) {
      prices = coinGeckoSource({ ...access, clock, latest });
      onAccess();
    }
    reportBudget(status(), false);
    reportProblems(...problems());
  };

  const plans = plan === 'pro' ? (['pro', 'demo'] as const) : (['demo', 'pro'] as const);
  const keyWatch = createKeyWatch({
    candidates: plans.map(accessOf),
    clock,
    random,
    log,
    onVerdict: applyVerdict,
  });
  const startCheck = (): void => {
    if (apiKey !== null) keyWatch.check();
  };

  /** Waits for the limit per minute, so that it is not a failure. The limit per month is reported as one. */
  const waitForMinute = async (signal: AbortSignal): Promise<void> => {
    for (;;) {
      const admission = budget.check('price');
      if (admission.ok) return;
      const waitMs = admission.retryAt - clock.now();
      if (waitMs > 2 * MINUTE_MS) {
        throw new FeedError('rate-limited', admission.reason, { retryAfterMs: waitMs });
      }
      await clock.sleep(waitMs, signal);
    }
  };

  reportBudget(status(), false);
  reportProblems(...problems());

  return {
    access: () => access,
    budget,
    source: {
      name: prices.name,
      async fetchPrices(request, signal) {
        await waitForMinute(signal);
        try {
          return await prices.fetchPrices(request, signal);
        } catch (error) {
          if (error instanceof FeedError && error.kind === 'refused' && access.apiKey !== null) startCheck();
          throw error;
        }
      },
    },
    status,
    problems,
    start(listener) {
      onAccess = listener;
      startCheck();
    },
    requestChanged: () => reportBudget(status(), false),
    async stop() {
      await keyWatch.stop();
      budget.close();
    },
  };
}

function unusableKeyProblem(fault: Message): Problem {
  return { id: 'api-key', message: message('api-key.unusable', { fault }) };
}

function problemOf(reason: Message): Problem {
  return { id: 'api-key', message: message('api-key.refused', { reason }) };
}

/** A digest that distinguishes keys and cannot be reversed. */
function digest(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 12);
}
