import { z } from 'zod';
import type { BudgetAccount } from '../budget/call-budget.ts';
import { limitsOf, type Plan, type PlanLimits } from '../budget/plan.ts';
import type { FeedError } from '../price-source.ts';
import { type CoinGeckoAccess, createCoinGeckoClient } from './coingecko-client.ts';
import { toFeedError } from './coingecko-error.ts';

/** What the provider says about a key: which plan it is of, or that it is of none. */
export type KeyVerdict =
  | {
      readonly isGood: true;
      readonly access: CoinGeckoAccess;
      readonly limits: PlanLimits;
      /** Calls of this month as the provider counts them; null where it does not say. */
      readonly usedThisMonth: number | null;
    }
  | { readonly isGood: false; readonly reason: string };

/** `/key`, as far as it is of use. Source: docs.coingecko.com, "API Usage". */
const keySchema = z.object({
  rate_limit_request_per_minute: z.number().positive(),
  monthly_call_credit: z.number().positive(),
  current_total_monthly_calls: z.int().nonnegative(),
});

/**
 * Asks whether a key works, with each way of access in turn until one is let in: a Demo key by `/ping`, a Pro key by
 * `/key`, which also tells its limits.
 *
 * @throws FeedError when the question cannot be answered now (no connection, 429, 5xx)
 * @throws the signal's reason when it aborts
 */
export async function checkKey(
  ways: readonly CoinGeckoAccess[],
  now: () => number,
  signal: AbortSignal,
): Promise<KeyVerdict> {
  let refusal: FeedError | null = null;
  for (const access of ways) {
    try {
      return { isGood: true, access, ...(await ask(access, signal)) };
    } catch (error) {
      signal.throwIfAborted();
      const failure = toFeedError(error, access, now());
      // Once a key was refused, a second way that does not exist on that server changes nothing.
      const isAnswer = failure.kind === 'refused' || (refusal !== null && failure.kind === 'bad-answer');
      if (!isAnswer) throw failure;
      refusal ??= failure;
    }
  }
  return { isGood: false, reason: refusal?.message ?? 'there is no way to use it' };
}

async function ask(
  access: CoinGeckoAccess,
  signal: AbortSignal,
): Promise<{ limits: PlanLimits; usedThisMonth: number | null }> {
  const client = createCoinGeckoClient(access);
  const limits = limitsOf(access.plan, access.baseUrl);
  if (access.plan !== 'pro') {
    await client.ping.get({ signal });
    return { limits, usedThisMonth: null };
  }
  const key = keySchema.parse(await client.key.get({ signal }));
  return {
    limits: {
      ...limits,
      perMinute: Math.floor(key.rate_limit_request_per_minute),
      perMonth: Math.floor(key.monthly_call_credit),
    },
    usedThisMonth: key.current_total_monthly_calls,
  };
}

/** The account that calls with this access are counted for. A key is told from another by a digest, never by itself. */
export function accountOf(
  access: { readonly plan: Plan; readonly apiKey: string | null; readonly baseUrl: string },
  digest: (text: string) => string,
  limits = limitsOf(access.plan, access.baseUrl),
): BudgetAccount {
  const id = access.apiKey === null ? access.plan : `${access.plan}-${digest(access.apiKey)}`;
  return { id, plan: access.plan, limits };
}
