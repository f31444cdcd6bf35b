import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { BudgetStatus } from '../../../../shared/domain/budget-status.ts';
import type { Problem } from '../../../../shared/domain/problem.ts';
import { faultOfApiKey } from '../../../../shared/settings/api-key.ts';
import type { Logger } from '../../logging/logger.ts';
import type { Clock } from '../../time/clock.ts';
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
  /** Starts to find out about the key, in the background. */
  start(): void;
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
  /** Another key or none from now on: prices should be asked for at once. */
  readonly onAccess: () => void;
  /** What `status` or `problems` say changed. */
  readonly onChange: () => void;
};

export function openCoinGecko(options: CoinGeckoOptions): CoinGecko {
  const { clock, random, log } = options;
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
  const gate = createRequestGate({ budget, clock });
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
  let keyProblem = keyFault === null ? null : unusableKeyProblem(keyFault);
  if (keyProblem !== null) log.warn(keyProblem.message);

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
      options.onAccess();
    }
    options.onChange();
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

  let counted: { readonly coins: readonly string[]; readonly calls: number } = { coins: [], calls: 1 };
  const callsPerPoll = (): number => {
    const { coins } = options.request();
    if (coins !== counted.coins) counted = { coins, calls: Math.max(1, groupsOfIds(coins).length) };
    return counted.calls;
  };

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
    status() {
      const { seconds, reason } = budget.interval(options.wishedSeconds(), callsPerPoll());
      return {
        plan: budget.account().plan,
        usedThisMonth: budget.used(),
        leftThisMonth: budget.left(),
        intervalSeconds: seconds,
        reason,
      };
    },
    problems() {
      const fileProblem = budget.problem();
      const ledgerProblem = fileProblem === null ? null : { id: 'calls-file', ...fileProblem };
      return [keyProblem, ledgerProblem].filter((problem) => problem !== null);
    },
    start: startCheck,
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
