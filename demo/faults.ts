import { z } from 'zod';

/** The provider's endpoints, by their documented paths. */
export const ENDPOINTS = [
  '/ping',
  '/simple/price',
  '/simple/supported_vs_currencies',
  '/search',
  '/coins/list',
  '/coins/markets',
  '/coins/{id}',
  '/coins/{id}/ohlc',
  '/coins/{id}/market_chart',
  '/coins/{id}/market_chart/range',
] as const;

/** The endpoints of the simulated exchanges, by their documented paths. */
const EXCHANGE_ENDPOINTS = [
  '/0/public/AssetPairs',
  '/0/public/Ticker',
  '/0/public/OHLC',
  '/0/public/Trades',
  '/api/v3/brokerage/market/products',
  '/api/v3/brokerage/market/products/{product_id}/candles',
  '/api/v3/brokerage/market/products/{product_id}/ticker',
  '/api/v3/exchangeInfo',
  '/api/v3/ticker/24hr',
  '/api/v3/klines',
  '/api/v3/trades',
] as const;

export type Endpoint = (typeof ENDPOINTS)[number];
export type ExchangeEndpoint = (typeof EXCHANGE_ENDPOINTS)[number];

/**
 * A fault that is injected into a response.
 * - `status`: an error in the provider's format; `retryAfterSeconds` is sent as `Retry-After`, in seconds or as a date.
 * - `delay`: the correct response, after `ms` of real time.
 * - `hang`: there is no response. `reset`: the connection is reset.
 * - `truncate`: the body ends after `bytes`. With `cut`, the connection also breaks; otherwise the HTTP message is complete.
 * - `text`: a different body, such as a proxy's HTML page. `empty`: no body. `oversize`: `bytes` of JSON.
 * - `json`: JSON of another form.
 * - `coin`: fields of one coin (`*`: of every coin) in `/simple/price` are overwritten by `set`, or omitted.
 */
const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('status'),
    status: z.int().min(300).max(599),
    retryAfterSeconds: z.number().optional(),
    retryAfterAs: z.enum(['seconds', 'date']).optional(),
    location: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal('delay'), ms: z.number().nonnegative() }),
  z.strictObject({ kind: z.literal('hang') }),
  z.strictObject({ kind: z.literal('reset') }),
  z.strictObject({ kind: z.literal('truncate'), bytes: z.int().nonnegative(), cut: z.boolean() }),
  z.strictObject({ kind: z.literal('text'), text: z.string(), contentType: z.string() }),
  z.strictObject({ kind: z.literal('empty') }),
  z.strictObject({ kind: z.literal('oversize'), bytes: z.int().positive() }),
  z.strictObject({ kind: z.literal('json'), value: z.json() }),
  z.strictObject({
    kind: z.literal('coin'),
    coinId: z.string(),
    set: z.record(z.string(), z.json()).optional(),
    omit: z.array(z.string()).optional(),
  }),
]);
export type Fault = Readonly<z.infer<typeof faultSchema>>;

/** An active fault: for one endpoint or all, and for how many responses (absent: until it is cleared). */
export const faultRuleSchema = z.strictObject({
  endpoint: z.enum([...ENDPOINTS, ...EXCHANGE_ENDPOINTS, '*']),
  fault: faultSchema,
  times: z.int().positive().optional(),
});
export type FaultRule = Readonly<z.infer<typeof faultRuleSchema>>;

/** The active faults. Of several for one endpoint, the one set first is used first. */
export type FaultBook = {
  set(rule: FaultRule): void;
  clear(): void;
  /** Returns the fault for the next response of this endpoint, and counts it as used; null if there is none. */
  take(endpoint: Endpoint | ExchangeEndpoint): Fault | null;
};

export function createFaultBook(): FaultBook {
  let rules: { readonly rule: FaultRule; left: number }[] = [];
  return {
    set(rule) {
      rules.push({ rule, left: rule.times ?? Number.POSITIVE_INFINITY });
    },
    clear() {
      rules = [];
    },
    take(endpoint) {
      const found = rules.find(({ rule }) => rule.endpoint === endpoint || rule.endpoint === '*');
      if (found === undefined) return null;
      found.left -= 1;
      if (found.left <= 0) rules = rules.filter((entry) => entry !== found);
      return found.rule.fault;
    },
  };
}
