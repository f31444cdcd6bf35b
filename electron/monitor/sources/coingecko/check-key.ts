import { z } from 'zod';
import { type Message, message } from '../../../../shared/messages/message.ts';
import type { BudgetAccount } from '../budget/call-budget.ts';
import { limitsOf, type Plan, type PlanLimits } from '../budget/plan.ts';
import type { FeedError } from '../price-source.ts';
import { type CoinGeckoAccess, createCoinGeckoClient } from './coingecko-client.ts';
import { toFeedError } from './coingecko-error.ts';

/** The result of checking a key: its plan, or why it is invalid. */
export type KeyVerdict =
  | {
      readonly isValid: true;
      readonly access: CoinGeckoAccess;
      readonly limits: PlanLimits;
      /** Calls of this month as counted by the provider; null when it does not report them. */
      readonly usedThisMonth: number | null;
    }
  | { readonly isValid: false; readonly reason: Message };

/** The used part of the response of `/key`. Source: docs.coingecko.com, "API Usage". */
const keySchema = z.object({
  rate_limit_request_per_minute: z.number().positive(),
  monthly_call_credit: z.number().positive(),
  current_total_monthly_calls: z.int().nonnegative(),
});

/**
 * Checks a key by trying each kind of access until one is accepted: a Demo key with `/ping`, a Pro key with `/key`,
 * which also returns its limits.
 *
 * @throws FeedError when the key cannot be checked now (no connection, 429, 5xx)
 * @throws the signal's reason when it aborts
 */
export async function checkKey(
  candidates: readonly CoinGeckoAccess[],
  now: () => number,
  signal: AbortSignal,
): Promise<KeyVerdict> {
  let refusal: FeedError | null = null;
  for (const access of candidates) {
    try {
      return { isValid: true, access, ...(await probe(access, signal)) };
    } catch (error) {
      signal.throwIfAborted();
      const failure = toFeedError(error, access, now());
      // After a refusal, a bad response to the second kind of access is conclusive too: that server may not have it.
      const isConclusive = failure.kind === 'refused' || (refusal !== null && failure.kind === 'bad-answer');
      if (!isConclusive) throw failure;
      refusal ??= failure;
    }
  }
  return { isValid: false, reason: refusal?.content ?? message('api-key.no-way') };
}

async function probe(
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

/**
 * The budget account that calls with this access count against. Keys are distinguished by a digest, never by the key
 * itself.
 */
export function accountOf(
  access: { readonly plan: Plan; readonly apiKey: string | null; readonly baseUrl: string },
  digest: (text: string) => string,
  limits = limitsOf(access.plan, access.baseUrl),
): BudgetAccount {
  const id = access.apiKey === null ? access.plan : `${access.plan}-${digest(access.apiKey)}`;
  return { id, plan: access.plan, limits };
}
