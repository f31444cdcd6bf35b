/**
 * CoinGecko's plan that a request counts against. `keyless`: no key, limited per IP address. `demo`: a free key.
 * `pro`: a paid key on the paid host.
 */
export type Plan = 'keyless' | 'demo' | 'pro';

const PRO_HOST = 'pro-api.coingecko.com';

/** Base URLs per plan. Source: docs.coingecko.com, "Setting Up Your API Key". */
const BASE_URLS: Readonly<Record<Plan, string>> = {
  keyless: 'https://api.coingecko.com/api/v3',
  demo: 'https://api.coingecko.com/api/v3',
  pro: `https://${PRO_HOST}/api/v3`,
};

/** The limits of a plan, in calls. */
export type PlanLimits = {
  /** In any 60 seconds; null without a limit. */
  readonly perMinute: number | null;
  /** In a UTC calendar month; null without a limit. */
  readonly perMonth: number | null;
  /** For how long `/simple/price` is cached; 0 when unknown. */
  readonly cacheSeconds: number;
};

/**
 * - keyless: limited per IP address, in practice to 5–15 calls a minute, and shared by everyone behind the address;
 *   the lower bound is used. No limit per month.
 * - demo: 10,000 calls a month. The provider has documented 30 per minute and, since 2026, 100; the lower one is
 *   used.
 * - pro: the smallest paid plan, until `/key` returns the actual limits. Prices are renewed every 60 s at the edge
 *   for keyless and Demo, and every 20 s for Pro.
 *
 * Sources: coingecko.com/en/api/pricing; docs.coingecko.com, "Errors & Rate Limits", and its changelog of January
 * 2025.
 */
const LIMITS: Readonly<Record<Plan, PlanLimits>> = {
  keyless: { perMinute: 5, perMonth: null, cacheSeconds: 60 },
  demo: { perMinute: 30, perMonth: 10_000, cacheSeconds: 60 },
  pro: { perMinute: 250, perMonth: 100_000, cacheSeconds: 20 },
};

/** Another server that speaks CoinGecko's format, without a key: it enforces its own limits with 429. */
const UNLIMITED: PlanLimits = { perMinute: null, perMonth: null, cacheSeconds: 0 };

/** The plan for a key and a base URL. A key counts as a Demo key unless the URL has the paid host. */
export function planOf(apiKey: string | null, baseUrl: string | null): Plan {
  if (apiKey === null) return 'keyless';
  return baseUrl !== null && URL.parse(baseUrl)?.hostname === PRO_HOST ? 'pro' : 'demo';
}

export function defaultBaseUrl(plan: Plan): string {
  return BASE_URLS[plan];
}

/** The limits of a plan on a server. A key's limits apply to any host. */
export function limitsOf(plan: Plan, baseUrl: string): PlanLimits {
  const host = URL.parse(baseUrl)?.hostname ?? '';
  const isProvider = host === 'coingecko.com' || host.endsWith('.coingecko.com');
  return plan === 'keyless' && !isProvider ? UNLIMITED : LIMITS[plan];
}
