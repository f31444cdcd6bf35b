import { Coingecko } from '@coingecko/coingecko-typescript/client';
import type { Plan } from '../budget/plan.ts';
import { guardedFetch } from './guarded-fetch.ts';
import type { RequestGate } from './request-gate.ts';

export type CoinGeckoAccess = {
  /** Root URL including `/api/v3` where the server wants it. */
  readonly baseUrl: string;
  readonly apiKey: string | null;
  readonly plan: Plan;
  /** Longest time for a whole request, in real milliseconds. 10 s when absent. */
  readonly timeoutMs?: number;
  readonly fetch?: typeof globalThis.fetch;
  /** Budget and failure policy that every request goes through. */
  readonly gate?: RequestGate;
};

const DEFAULT_TIMEOUT_MS = 10_000;
/** The gate has the same limit, and names it better when it comes first. */
const GATE_GRACE_MS = 1_000;

/**
 * The provider's own client, told everything that it would otherwise take from `COINGECKO_*` variables, and without its
 * retries and its log: the feed decides when to ask again.
 */
export function createCoinGeckoClient(access: CoinGeckoAccess): Coingecko {
  const { baseUrl, apiKey, plan, gate } = access;
  const fetch = guardedFetch(access.fetch ?? globalThis.fetch);
  return new Coingecko({
    baseURL: baseUrl,
    proAPIKey: plan === 'pro' ? apiKey : null,
    demoAPIKey: plan === 'demo' ? apiKey : null,
    // A header set to null is left out; the client insists on being told so when it has no key. Naming both here also
    // keeps `COINGECKO_CUSTOM_HEADERS`, which the client always reads, from putting another key in their place.
    defaultHeaders: {
      'x-cg-pro-api-key': plan === 'pro' ? apiKey : null,
      'x-cg-demo-api-key': plan === 'demo' ? apiKey : null,
    },
    timeout: (access.timeoutMs ?? DEFAULT_TIMEOUT_MS) + (gate === undefined ? 0 : GATE_GRACE_MS),
    maxRetries: 0,
    logLevel: 'off',
    fetch: gate === undefined ? fetch : gate(fetch),
  });
}
