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

/**
 * Seconds between requests that each plan bears for months.
 * - keyless: limited per IP address, in practice to 5–15 calls a minute, and shared with everybody behind the address;
 *   prices are cached for 60 s at the provider's edge. 2 calls a minute leave room, and see a new price at most 30 s late.
 * - demo: 10,000 calls a month. A month of 31 days has 2,678,400 s, so 268 s is the least; 270 s makes 9,920 calls.
 * - pro: `/simple/price` is cached for 20 s at the edge, so asking more often brings nothing new. That is 133,920 calls a
 *   month; the smallest paid plan (100,000) lasts the month from 27 s on, which its users set themselves.
 *
 * Sources: coingecko.com/en/api/pricing; docs.coingecko.com, "Errors & Rate Limits" and the changelog of January 2025.
 */
const POLL_SECONDS: Readonly<Record<Plan, number>> = { keyless: 30, demo: 270, pro: 20 };

/** The plan that a key and a base URL mean. A key is taken for a Demo key unless the URL is the paid host's. */
export function planOf(apiKey: string | null, baseUrl: string | null): Plan {
  if (apiKey === null) return 'keyless';
  return baseUrl !== null && URL.parse(baseUrl)?.hostname === PRO_HOST ? 'pro' : 'demo';
}

export function defaultBaseUrl(plan: Plan): string {
  return BASE_URLS[plan];
}

/** Seconds between price requests when the user has not chosen. */
export function defaultPollSeconds(plan: Plan): number {
  return POLL_SECONDS[plan];
}
