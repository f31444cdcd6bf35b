/**
 * Which of CoinGecko's offers a request is counted against.
 * `keyless`: no key, limited per IP address. `demo`: a free key. `pro`: a paid key on the paid host.
 */
export type Plan = 'keyless' | 'demo' | 'pro';

const PRO_HOST = 'pro-api.coingecko.com';

/** Root URLs per plan. Source: docs.coingecko.com, "Setting Up Your API Key". */
const BASE_URLS: Readonly<Record<Plan, string>> = {
  keyless: 'https://api.coingecko.com/api/v3',
  demo: 'https://api.coingecko.com/api/v3',
  pro: `https://${PRO_HOST}/api/v3`,
};

/** What a plan allows, in calls. */
export type PlanLimits = {
  /** In any 60 seconds; null where nobody counts. */
  readonly perMinute: number | null;
  /** In a calendar month, UTC; null where nobody counts. */
  readonly perMonth: number | null;
  /** Asked again within this time, `/simple/price` gives the same; 0 where that is not known. */
  readonly cacheSeconds: number;
};

/**
 * - keyless: limited per IP address, in practice to 5–15 calls a minute, and shared with everybody behind the address. The
 *   least of it is what we count on. No limit per month.
 * - demo: 10,000 calls a month. Per minute the provider has named 30 and, since 2026, 100; the smaller one is kept to.
 * - pro: the smallest paid plan, until `/key` says what this one has.
 * Prices are renewed every 60 s at the edge for keyless and Demo, and every 20 s for Pro.
 *
 * Sources: coingecko.com/en/api/pricing; docs.coingecko.com, "Errors & Rate Limits", and its changelog of January 2025.
 */
const LIMITS: Readonly<Record<Plan, PlanLimits>> = {
  keyless: { perMinute: 5, perMonth: null, cacheSeconds: 60 },
  demo: { perMinute: 30, perMonth: 10_000, cacheSeconds: 60 },
  pro: { perMinute: 250, perMonth: 100_000, cacheSeconds: 20 },
};

/** Somebody's own server in CoinGecko's format, asked without a key: its limits are its own, told by its 429. */
const OWN_SERVER_LIMITS: PlanLimits = { perMinute: null, perMonth: null, cacheSeconds: 0 };

/** The plan that a key and a base URL mean. A key is taken for a Demo key unless the URL is the paid host's. */
export function planOf(apiKey: string | null, baseUrl: string | null): Plan {
  if (apiKey === null) return 'keyless';
  return baseUrl !== null && URL.parse(baseUrl)?.hostname === PRO_HOST ? 'pro' : 'demo';
}

export function defaultBaseUrl(plan: Plan): string {
  return BASE_URLS[plan];
}

/** What may be asked of a server in a plan. A key's limits hold wherever its requests go. */
export function limitsOf(plan: Plan, baseUrl: string): PlanLimits {
  const host = URL.parse(baseUrl)?.hostname ?? '';
  const isProvider = host === 'coingecko.com' || host.endsWith('.coingecko.com');
  return plan === 'keyless' && !isProvider ? OWN_SERVER_LIMITS : LIMITS[plan];
}
