import { Coingecko } from '@coingecko/coingecko-typescript/client';
import type { Plan } from '../budget/plan.ts';
import { guardedFetch } from './guarded-fetch.ts';
import type { RequestGate } from './request-gate.ts';

export type CoinGeckoAccess = {
  /** Base URL, including `/api/v3` if the server requires it. */
  readonly baseUrl: string;
  readonly apiKey: string | null;
  readonly plan: Plan;
  /** Timeout of a whole request, in real milliseconds; 10 s by default. */
  readonly timeoutMs?: number;
  readonly fetch?: typeof globalThis.fetch;
  /** Budget and failure policy that every request goes through. */
  readonly gate?: RequestGate;
};

const DEFAULT_TIMEOUT_MS = 10_000;
/** The gate has the same timeout and a better error message, so it should fire first. */
const GATE_GRACE_MS = 1_000;

/**
 * Creates the provider's own client with all options set, so that it reads no `COINGECKO_*` variables, and without
 * its retries and log: the poller decides when to retry.
 */
export function createCoinGeckoClient(access: CoinGeckoAccess): Coingecko {
  const { baseUrl, apiKey, plan, gate } = access;
  const fetch = guardedFetch(access.fetch ?? globalThis.fetch);
  return new Coingecko({
    baseURL: baseUrl,
    proAPIKey: plan === 'pro' ? apiKey : null,
    demoAPIKey: plan === 'demo' ? apiKey : null,
    // Null omits a header, and the client requires it explicitly without a key. Setting both also keeps
    // `COINGECKO_CUSTOM_HEADERS`, which the client always reads, from overriding them.
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
