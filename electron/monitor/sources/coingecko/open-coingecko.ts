import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { BudgetStatus } from '../../../../shared/domain/budget-status.ts';
import type { Problem } from '../../../../shared/domain/problem.ts';
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
import { groupsOfIds } from './coingecko-url.ts';
import { createKeyWatch } from './key-watch.ts';
import { createRequestGate } from './request-gate.ts';

const MINUTE_MS = 60_000;
/** The one way to the provider: what the program may ask there, with which key, and how often. */
export type CoinGecko = {
  /** Access as it is now: it changes when the key turns out to be of another plan, or of none. Do not keep it. */
  access(): CoinGeckoAccess;
  /** Prices, with the access of the moment; it waits where the limit per minute asks for it. */
  readonly source: PriceSource;
  readonly budget: CallBudget;
  status(): BudgetStatus;
  problems(): readonly Problem[];
  /**
   * Starts to find out about the key, in the background. `onAccess` is called when another key or none is used from now on:
   * prices should be asked for at once.
   */
  start(onAccess: () => void): void;
  /** What is wished for or asked for is another: reports the budget for it. */
  requestChanged(): void;
  stop(): Promise<void>;
};

export type CoinGeckoOptions = {
  readonly dataDir: string;
  /** One that no request can carry is reported as a problem, and left out. */
  readonly apiKey: string | null;
  /** The user's own base URL; null for the plan's. */
  readonly baseUrl: string | null;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** Another `fetch` than the global one: through a proxy, or of the desktop's session. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** The latest instant that a price which comes now can have; by the clock when absent. */
  readonly latest?: () => number;
  readonly wishedSeconds: () => number | null;
  readonly request: () => PriceRequest;
  /** Called with the budget at the start and after every call. */
  readonly reportBudget: (budget: BudgetStatus) => void;
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
    if (coins !== counted.coins) counted = { coins, calls: Math.max(1, groupsOfIds(coins).length) };
    return counted.calls;
  };
  const status = (): BudgetStatus => {
    const { seconds, reason } = budget.interval(options.wishedSeconds(), callsPerPoll());
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
  if (keyProblem !== null) log.warn(keyProblem.message);
  const problems = (): readonly Problem[] =>
    [keyProblem, ledgerProblem()].filter((problem) => problem !== null);

  let reportedLedger: string | null = null;
  const counting = {
    tryTake(kind: CallKind): Admission {
      const admission = budget.tryTake(kind);
      reportBudget(status());
      const ledger = ledgerProblem()?.message ?? null;
      if (ledger !== reportedLedger) reportProblems(...problems());
      reportedLedger = ledger;
      return admission;
    },
    giveBack(kind: CallKind): void {
      budget.giveBack(kind);
      reportBudget(status());
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

  const takeOver = (verdict: KeyVerdict): void => {
    const before = access;
    const hadProblem = keyProblem !== null;
    keyProblem = verdict.isGood ? null : problemOf(verdict.reason);
    access = verdict.isGood ? verdict.access : accessOf('keyless');
    budget.use(accountOf(access, digest, verdict.isGood ? verdict.limits : undefined));
    if (verdict.isGood && verdict.usedThisMonth !== null) budget.atLeast(verdict.usedThisMonth);
    if (verdict.isGood)
      log.info({ plan: access.plan, limits: budget.account().limits }, 'the API key is good');
    else if (!hadProblem) log.warn(keyProblem?.message);
    if (access.plan !== before.plan) {
      prices = coinGeckoSource({ ...access, clock, latest });
      onAccess();
    }
    reportBudget(status());
    reportProblems(...problems());
  };

  const ways = plan === 'pro' ? (['pro', 'demo'] as const) : (['demo', 'pro'] as const);
  const keyWatch = createKeyWatch({ ways: ways.map(accessOf), clock, random, log, onVerdict: takeOver });
  const startCheck = (): void => {
    if (apiKey !== null) keyWatch.look();
  };

  /** A limit per minute is waited for here, so that it is no failure; one per month is told as one. */
  const waitForMinute = async (signal: AbortSignal): Promise<void> => {
    for (;;) {
      const admission = budget.look('price');
      if (admission.ok) return;
      const waitMs = admission.retryAt - clock.now();
      if (waitMs > 2 * MINUTE_MS) {
        throw new FeedError('rate-limited', admission.reason, { retryAfterMs: waitMs });
      }
      await clock.sleep(waitMs, signal);
    }
  };

  reportBudget(status());
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
    requestChanged: () => reportBudget(status()),
    async stop() {
      await keyWatch.stop();
      budget.close();
    },
  };
}

function unusableKeyProblem(fault: string): Problem {
  return {
    id: 'api-key',
    message:
      `The API key cannot be used, and prices go on without it. It ${fault}. ` +
      'Copy it again from your account at CoinGecko, put it where it was and start again.',
  };
}

function problemOf(reason: string): Problem {
  return {
    id: 'api-key',
    message:
      'The API key does not work, and prices go on without it. ' +
      `Put the right one into COINGECKO_API_KEY and start again. (${reason})`,
  };
}

/** Enough to tell keys apart, and nothing that leads back to one. */
function digest(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 12);
}
